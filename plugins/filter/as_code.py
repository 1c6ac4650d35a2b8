# Copyright: Contributors to the saas.integrations collection
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: as_code
short_description: Turn integrations that exist into the variables that describe them
version_added: "1.0.0"
description:
  - Makes a file of variables from what a module that lists integrations returns. The role
    P(saas.integrations.bootstrap#role) and the modules that manage a set of integrations take what is in it. It is what
    the role P(saas.integrations.export#role) writes.
  - Secrets are not in it, but references to variables such as C({{ vault_netography_on_call_url }}), made of the
    service, the name of the integration and the name of the option. If two secrets came to the same name, both get a
    suffix that stays the same from run to run.
  - Whatever the service gave stays a text. What looks like a template is marked as C(!unsafe).
positional: _input, service
options:
  _input:
    description: The integrations, as RV(saas.integrations.netography_response_integration_info#module:integrations).
    type: list
    elements: dict
    required: true
  service:
    description: The service that they are from.
    type: str
    choices: [netography, confluent, rocketchat, pagertree]
    required: true
author:
  - Contributors to the saas.integrations collection (@saas-integrations)
seealso:
  - module: saas.integrations.confluent_notification_integration_info
  - module: saas.integrations.netography_response_integration_info
  - module: saas.integrations.pagertree_integration_info
  - module: saas.integrations.rocketchat_integration_info
"""

EXAMPLES = r"""
- name: List all integrations of Rocket.Chat
  saas.integrations.rocketchat_integration_info:
  register: workspace

- name: Write them down
  ansible.builtin.copy:
    content: "{{ (workspace.integrations | saas.integrations.as_code('rocketchat')).variables }}"
    dest: "{{ playbook_dir }}/rocketchat.yml"
    mode: "0600"

- name: Show which variables have to hold a secret
  ansible.builtin.debug:
    msg: "{{ (workspace.integrations | saas.integrations.as_code('rocketchat')).vault }}"
"""

RETURN = r"""
_value:
  description: The integrations as code.
  type: dict
  contains:
    variables:
      description:
        - The content of a file of variables, in YAML. It sets one variable, such as C(rocketchat_integrations), to the
          list of the integrations, in the order of their names.
      type: str
    count:
      description: How many integrations are in the list.
      type: int
    vault:
      description: The names of the variables that have to hold the secrets, in the order in which the list needs them.
      type: list
      elements: str
    left_out:
      description: The integrations that are not in the list, as they cannot be managed.
      type: list
      elements: dict
      contains:
        name:
          description: The name.
          type: str
        reason:
          description: Why it cannot be managed.
          type: str
"""

import re
from typing import Any

import yaml
from ansible.errors import AnsibleFilterError
from ansible.utils.unsafe_proxy import wrap_var

from ..module_utils._core.export import Reference, export
from ..module_utils._services.confluent import Confluent
from ..module_utils._services.netography import Netography
from ..module_utils._services.pagertree import PagerTree
from ..module_utils._services.rocketchat import RocketChat
from ..plugin_utils.plain import plain

CLIENTS = {"netography": Netography, "confluent": Confluent, "rocketchat": RocketChat, "pagertree": PagerTree}

TEXT = "tag:yaml.org,2002:str"
# What needs no quotes, unless it is a word such as `yes`, whichever version of YAML it is read as.
WORDS = re.compile(r"[A-Za-z][A-Za-z0-9_.-]+( [A-Za-z0-9_.-]+)*")
# What Ansible looks for: the marks of a template, or the line that gives it other marks.
TEMPLATE = re.compile(r"{[{%#]|\A#jinja2:")


class Dumper(yaml.SafeDumper):
    """Writes texts so that they stay what they are, and references as the only templates."""

    def ignore_aliases(self, data: Any) -> bool:
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        return super().increase_indent(flow, False)

    def text(self, data: str) -> yaml.ScalarNode:
        bare = WORDS.fullmatch(data) and self.resolve(yaml.ScalarNode, data, (True, False)) == TEXT
        return self.represent_scalar("!unsafe" if TEMPLATE.search(data) else TEXT, data, None if bare else '"')

    def reference(self, data: Reference) -> yaml.ScalarNode:
        return self.represent_scalar(TEXT, f"{{{{ {data.variable} }}}}", '"')


Dumper.add_representer(str, Dumper.text)
Dumper.add_representer(Reference, Dumper.reference)


def as_code(integrations: list[dict[str, Any]], service: str) -> dict[str, Any]:
    """The variables that describe integrations."""
    if service not in CLIENTS:
        raise AnsibleFilterError(f"as_code: there is no service '{service}'. There are: {', '.join(CLIENTS)}.")
    exported = export(service, CLIENTS[service].resource, plain(integrations))
    variables = {f"{service}_integrations": exported.entries}
    # Before ansible-core 2.19, all is a template that is not marked as unsafe.
    return wrap_var(
        {
            "variables": yaml.dump(
                variables, Dumper=Dumper, allow_unicode=True, explicit_start=True, sort_keys=False, width=float("inf")
            ),
            "count": len(exported.entries),
            "vault": [reference.variable for reference in exported.references],
            "left_out": exported.left_out,
        }
    )


class FilterModule:
    def filters(self) -> dict[str, Any]:
        return {"as_code": as_code}
