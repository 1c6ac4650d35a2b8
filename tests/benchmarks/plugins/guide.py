# Copyright: Contributors to the saas.integrations collection
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import sys
from typing import Any

from ansible.inventory.group import to_safe_group_name
from ansible.plugins.inventory import Constructable

from ansible_collections.saas.integrations.plugins.modules.pagertree_integration_info import TASK
from ansible_collections.saas.integrations.plugins.plugin_utils.inventory import Integrations, View

DOCUMENTATION = r"""
name: guide
short_description: List the integrations of PagerTree as hosts, in the way of Ansible's developer guide
description:
  - The same integrations, listed by the same client, as with the collection's own plugin.
extends_documentation_fragment:
  - saas.integrations.pagertree.plugin
  - saas.integrations.pagertree
  - saas.integrations.connection
  - saas.integrations.inventory
  - constructed
  - inventory_cache
options:
  plugin:
    description: The name of this plugin.
    type: str
    required: true
    choices: [guide]
  group:
    description: The group that holds all hosts.
    type: str
    default: pagertree
  hostvars_prefix:
    description: What the names of the host variables begin with.
    type: str
    default: pagertree_
  at_once:
    description: Whether a host gets all of its variables at once, as with the collection's own plugin.
    type: bool
    default: false
  plain_keys:
    description: Whether a key that is the name of a variable is no template, as with the collection's own plugin.
    type: bool
    default: false
author:
  - Contributors to the saas.integrations collection (@saas-integrations)
"""


class InventoryModule(Integrations):
    NAME = "guide"
    service = "pagertree"
    task = TASK

    _sanitize_group_name = staticmethod(to_safe_group_name)
    _compose = Constructable._compose

    def _populate(self, views: list[View]) -> None:
        if self.get_option("plain_keys"):
            self._compose = super()._compose
        add_variables = self._at_once if self.get_option("at_once") else self._one_by_one
        group, prefix = self.inventory.add_group(self.get_option("group")), self.get_option("hostvars_prefix")
        local = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}
        for host, view in zip(self._hostnames(views), views, strict=True):
            variables = {**{prefix + name: value for name, value in view.items()}, **local}
            self.inventory.add_host(host, group)
            add_variables(host, variables)
            strict = self.get_option("strict")
            self._set_composite_vars(self.get_option("compose"), variables, host, strict=strict)
            self._add_host_to_composed_groups(self.get_option("groups"), variables, host, strict=strict)
            self._add_host_to_keyed_groups(self.get_option("keyed_groups"), variables, host, strict=strict)

    def _one_by_one(self, host: str, variables: dict[str, Any]) -> None:
        for name, value in variables.items():
            self.inventory.set_variable(host, name, value)

    def _at_once(self, host: str, variables: dict[str, Any]) -> None:
        self.inventory.hosts[host].vars.update(variables)
