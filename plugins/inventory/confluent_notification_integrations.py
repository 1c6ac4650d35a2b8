# Copyright: Contributors to the saas.integrations collection
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: confluent_notification_integrations
short_description: List the notification integrations of Confluent Cloud as hosts
version_added: "1.0.0"
description:
  - Every notification integration of Confluent Cloud becomes a host, so that plays can work on them in groups.
  - The configuration file is named C(confluent.yml), or ends with C(.confluent.yml). C(.yaml) does as well.
extends_documentation_fragment:
  - saas.integrations.confluent.plugin
  - saas.integrations.confluent
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
      - saas.integrations.confluent_notification_integrations
  group:
    description:
      - The group that holds all hosts.
    type: str
    default: confluent
  hostvars_prefix:
    description:
      - What the names of the host variables begin with.
    type: str
    default: confluent_
author:
  - Contributors to the saas.integrations collection (@saas-integrations)
seealso:
  - module: saas.integrations.confluent_notification_integration_info
"""

EXAMPLES = r"""
---
# confluent.yml: everything, with a group for each kind. The credentials come from the environment.
plugin: saas.integrations.confluent_notification_integrations
keyed_groups:
  - key: confluent_kind
    prefix: confluent

---
# slack.confluent.yml: only what is posted to Slack.
plugin: saas.integrations.confluent_notification_integrations
filters:
  include: kind == 'slack'

---
# cached.confluent.yml: the credentials by a lookup, the list from a cache for ten minutes, one more group.
plugin: saas.integrations.confluent_notification_integrations
api_key: "{{ lookup('ansible.builtin.env', 'CONFLUENT_CLOUD_API_KEY') }}"
api_secret: "{{ lookup('ansible.builtin.env', 'CONFLUENT_CLOUD_API_SECRET') }}"
cache: true
cache_plugin: ansible.builtin.jsonfile
cache_connection: ~/.cache/confluent
cache_timeout: 600
groups:
  unnamed: not confluent_description | default

---
# named.confluent.yml: other names for hosts, one more variable. What cannot be evaluated is an error.
plugin: saas.integrations.confluent_notification_integrations
strict: true
hostnames:
  - "{{ name }} ({{ kind }})"
compose:
  title: confluent_name | title
"""

from ..modules.confluent_notification_integration_info import TASK
from ..plugin_utils.inventory import Integrations


class InventoryModule(Integrations):
    NAME = "saas.integrations.confluent_notification_integrations"
    service = "confluent"
    task = TASK
