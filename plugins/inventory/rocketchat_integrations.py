# Copyright: Contributors to the saas.integrations collection
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: rocketchat_integrations
short_description: List the integrations of Rocket.Chat as hosts
version_added: "1.0.0"
description:
  - Every integration of Rocket.Chat becomes a host, so that plays can work on them in groups.
  - The configuration file is named C(rocketchat.yml), or ends with C(.rocketchat.yml). C(.yaml) does as well.
extends_documentation_fragment:
  - saas.integrations.rocketchat.plugin
  - saas.integrations.rocketchat
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
      - saas.integrations.rocketchat_integrations
  group:
    description:
      - The group that holds all hosts.
    type: str
    default: rocketchat
  hostvars_prefix:
    description:
      - What the names of the host variables begin with.
    type: str
    default: rocketchat_
author:
  - Contributors to the saas.integrations collection (@saas-integrations)
seealso:
  - module: saas.integrations.rocketchat_integration_info
"""

EXAMPLES = r"""
---
# rocketchat.yml: everything, with a group for each kind. The credentials come from the environment.
plugin: saas.integrations.rocketchat_integrations
keyed_groups:
  - key: rocketchat_kind
    prefix: rocketchat

---
# disabled.rocketchat.yml: only those that are switched off.
plugin: saas.integrations.rocketchat_integrations
filters:
  include: not enabled

---
# cached.rocketchat.yml: the credentials by a lookup, the list from a cache for ten minutes, one more group.
plugin: saas.integrations.rocketchat_integrations
auth_token: "{{ lookup('ansible.builtin.env', 'ROCKETCHAT_AUTH_TOKEN') }}"
user_id: "{{ lookup('ansible.builtin.env', 'ROCKETCHAT_USER_ID') }}"
cache: true
cache_plugin: ansible.builtin.jsonfile
cache_connection: ~/.cache/rocketchat
cache_timeout: 600
groups:
  incoming: rocketchat_incoming is defined

---
# named.rocketchat.yml: other names for hosts, one more variable. What cannot be evaluated is an error.
plugin: saas.integrations.rocketchat_integrations
strict: true
hostnames:
  - "{{ name }} ({{ kind }})"
compose:
  title: rocketchat_name | title
"""

from ..modules.rocketchat_integration_info import TASK
from ..plugin_utils.inventory import Integrations


class InventoryModule(Integrations):
    NAME = "saas.integrations.rocketchat_integrations"
    service = "rocketchat"
    task = TASK
