# Copyright: Contributors to the saas.integrations collection
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: pagertree_integrations
short_description: List the integrations of PagerTree as hosts
version_added: "1.0.0"
description:
  - Every integration of PagerTree becomes a host, so that plays can work on them in groups.
  - The configuration file is named C(pagertree.yml), or ends with C(.pagertree.yml). C(.yaml) does as well.
extends_documentation_fragment:
  - saas.integrations.pagertree.plugin
  - saas.integrations.pagertree
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
      - saas.integrations.pagertree_integrations
  group:
    description:
      - The group that holds all hosts.
    type: str
    default: pagertree
  hostvars_prefix:
    description:
      - What the names of the host variables begin with.
    type: str
    default: pagertree_
author:
  - Contributors to the saas.integrations collection (@saas-integrations)
seealso:
  - module: saas.integrations.pagertree_integration_info
"""

EXAMPLES = r"""
---
# pagertree.yml: everything, with a group for each kind. The credentials come from the environment.
plugin: saas.integrations.pagertree_integrations
keyed_groups:
  - key: pagertree_kind
    prefix: pagertree

---
# disabled.pagertree.yml: only those that are switched off.
plugin: saas.integrations.pagertree_integrations
filters:
  include: not enabled

---
# cached.pagertree.yml: the credentials by a lookup, the list from a cache for ten minutes, one more group.
plugin: saas.integrations.pagertree_integrations
api_key: "{{ lookup('ansible.builtin.env', 'PAGERTREE_API_KEY') }}"
cache: true
cache_plugin: ansible.builtin.jsonfile
cache_connection: ~/.cache/pagertree
cache_timeout: 600
groups:
  critical: pagertree_urgency == 'critical'

---
# named.pagertree.yml: other names for hosts, one more variable. What cannot be evaluated is an error.
plugin: saas.integrations.pagertree_integrations
strict: true
hostnames:
  - "{{ name }} ({{ kind }})"
compose:
  title: pagertree_name | title
"""

from ..modules.pagertree_integration_info import TASK
from ..plugin_utils.inventory import Integrations


class InventoryModule(Integrations):
    NAME = "saas.integrations.pagertree_integrations"
    service = "pagertree"
    task = TASK
