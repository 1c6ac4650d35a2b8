# Copyright: Contributors to the saas.integrations collection
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: netography_response_integrations
short_description: List the response integrations of Netography as hosts
version_added: "1.0.0"
description:
  - Every response integration of Netography becomes a host, so that plays can work on them in groups.
  - The configuration file is named C(netography.yml), or ends with C(.netography.yml). C(.yaml) does as well.
extends_documentation_fragment:
  - saas.integrations.netography.plugin
  - saas.integrations.netography
  - saas.integrations.connection
  - saas.integrations.inventory
  - ansible.builtin.constructed
  - ansible.builtin.inventory_cache
options:
  plugin:
    description:
      - The name of this plugin.
    type: str
    required: true
    choices:
      - saas.integrations.netography_response_integrations
  group:
    description:
      - The group that holds all hosts.
    type: str
    default: netography
  hostvars_prefix:
    description:
      - What the names of the host variables begin with.
    type: str
    default: netography_
author:
  - Contributors to the saas.integrations collection (@saas-integrations)
seealso:
  - module: saas.integrations.netography_response_integration_info
"""

EXAMPLES = r"""
---
# netography.yml: everything, with a group for each kind. The credentials come from the environment.
plugin: saas.integrations.netography_response_integrations
keyed_groups:
  - key: netography_kind
    prefix: netography

---
# slack.netography.yml: only what is posted to Slack.
plugin: saas.integrations.netography_response_integrations
filters:
  include: kind == 'slack'

---
# cached.netography.yml: the credentials by a lookup, the list from a cache for ten minutes, one more group.
plugin: saas.integrations.netography_response_integrations
netosecret: "{{ lookup('ansible.builtin.env', 'NETOSECRET') }}"
cache: true
cache_plugin: ansible.builtin.jsonfile
cache_connection: ~/.cache/netography
cache_timeout: 600
groups:
  soc: netography_slack.channel | default('') == '#soc'

---
# named.netography.yml: other names for hosts, one more variable. What cannot be evaluated is an error.
plugin: saas.integrations.netography_response_integrations
strict: true
hostnames:
  - "{{ name }} ({{ kind }})"
compose:
  title: netography_name | title
"""

from ..modules.netography_response_integration_info import TASK
from ..plugin_utils.inventory import Integrations


class InventoryModule(Integrations):
    NAME = "saas.integrations.netography_response_integrations"
    service = "netography"
    task = TASK
