#!/usr/bin/python

# Copyright: Contributors to the saas.integrations collection
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: rocketchat_integration_info
short_description: List integrations of Rocket.Chat
version_added: "1.0.0"
description:
  - List the incoming and outgoing webhooks of a Rocket.Chat workspace, all of them or those that the options select.
  - The options select together. An integration is listed if it fits all those that are given.
  - Secrets are masked. To read one, use O(saas.integrations.rocketchat_integration#module:return_secrets).
  - An account with the permissions of its own integrations alone sees only those. The task warns if the list may be
    such a part.
extends_documentation_fragment:
  - saas.integrations.attributes.read_only
  - saas.integrations.attributes.actiongroup_rocketchat
  - saas.integrations.info
  - saas.integrations.info.enabled
  - saas.integrations.rocketchat
  - saas.integrations.connection
  - saas.integrations.connection.module
options:
  created_by:
    description:
      - Return the integration with this O(id) only if the user with this id created it. It is the user's id, not the
        name.
      - It needs O(id).
    type: str
author:
  - Contributors to the saas.integrations collection (@saas-integrations)
seealso:
  - module: saas.integrations.rocketchat_integration
"""

EXAMPLES = r"""
# The examples take the workspace and the credentials from the environment. To give them once for a whole play, write:
#
# - hosts: localhost
#   module_defaults:
#     group/saas.integrations.rocketchat:
#       api_url: https://chat.example.com
#       auth_token: "{{ vault_rocketchat_auth_token }}"
#       user_id: "{{ vault_rocketchat_user_id }}"

- name: List all integrations
  saas.integrations.rocketchat_integration_info:
  register: workspace

- name: Make sure that every script compiles
  ansible.builtin.assert:
    that: workspace.integrations | selectattr("script_error", "defined") | length == 0

- name: List the outgoing integrations that are switched off
  saas.integrations.rocketchat_integration_info:
    kind: outgoing
    enabled: false
  register: switched_off

- name: Look for an integration by its name
  saas.integrations.rocketchat_integration_info:
    name: Deployments
  register: deployments

- name: Look for an integration by its id, if a certain user created it
  saas.integrations.rocketchat_integration_info:
    id: 8fc6f82f0f3819176445cc41
    created_by: aAdMiN2345678pqrs
  register: by_id
"""

RETURN = r"""
integrations:
  description:
    - The integrations. The list is empty if none fits.
    - Secrets are masked.
  returned: success
  type: list
  elements: dict
  sample:
    - id: 8fc6f82f0f3819176445cc41
      kind: incoming
      name: Deployments
      enabled: true
      created_by: {"id": "aAdMiN2345678pqrs", "username": "admin"}
      created_at: "2026-11-23T12:26:36.198Z"
      incoming:
        username: rocket.cat
        channels: ["#general", "#ops"]
        token: "********"
        override_destination_channel_enabled: false
        script_enabled: false
        script_engine: isolated-vm
        skip_transpile: false
    - id: f810cc16a84985c14a90cc94
      kind: outgoing
      name: Tickets
      enabled: false
      created_by: {"id": "aAdMiN2345678pqrs", "username": "admin"}
      created_at: "2026-11-23T12:26:36.214Z"
      outgoing:
        event: sendMessage
        username: bot
        urls: ["********"]
        channels: ["#ops"]
        trigger_words: ["!ticket"]
        token: "********"
        script_enabled: false
        script_engine: isolated-vm
        skip_transpile: false
  contains:
    id:
      description: The id.
      returned: always
      type: str
      sample: 8fc6f82f0f3819176445cc41
    kind:
      description:
        - Whether the integration is V(incoming) or V(outgoing).
        - The settings of the kind are in the dictionary of the same name.
      returned: always
      type: str
      sample: incoming
    name:
      description: The name.
      returned: always
      type: str
      sample: Deployments
    enabled:
      description: Whether the integration works.
      returned: always
      type: bool
      sample: true
    created_by:
      description: The user who created the integration.
      returned: if Rocket.Chat says it
      type: dict
      sample: {"id": "aAdMiN2345678pqrs", "username": "admin"}
      contains:
        id:
          description: The user's id.
          returned: always
          type: str
          sample: aAdMiN2345678pqrs
        username:
          description: The user's name.
          returned: always
          type: str
          sample: admin
    created_at:
      description: When the integration was created.
      returned: if Rocket.Chat says it
      type: str
      sample: "2026-11-23T12:26:36.198Z"
    script_error:
      description: Why the script does not compile.
      returned: if it does not
      type: str
      sample: Unexpected token
    incoming:
      description:
        - The settings of an incoming integration, named as the suboptions of
          O(saas.integrations.rocketchat_integration#module:incoming).
        - There is a C(token) too. Rocket.Chat made it, and it is masked.
      returned: if RV(integrations[].kind=incoming)
      type: dict
      sample: {"username": "rocket.cat", "channels": ["#general"], "token": "********", "script_enabled": false}
    outgoing:
      description:
        - The settings of an outgoing integration, named as the suboptions of
          O(saas.integrations.rocketchat_integration#module:outgoing).
      returned: if RV(integrations[].kind=outgoing)
      type: dict
      sample: {"username": "bot", "event": "sendMessage", "channels": ["#ops"], "urls": ["********"]}
error:
  description:
    - What a program may want to know about the call that failed.
    - It is empty if no call failed, but what Rocket.Chat sent could not be right.
  returned: on failure, if Rocket.Chat was the reason
  type: dict
  contains:
    method:
      description: The HTTP method of the call.
      returned: if a call failed
      type: str
      sample: GET
    path:
      description: The path of the call.
      returned: if a call failed
      type: str
      sample: /api/v1/integrations.list
    status:
      description: The HTTP status of the answer. It is null if there was none.
      returned: if a call failed
      type: int
      sample: 403
    code:
      description: The name that Rocket.Chat has for the error. It is null if it gave none.
      returned: if a call failed
      type: str
      sample: error-unauthorized
    message:
      description: What Rocket.Chat said about the error. It is null if it said nothing.
      returned: if a call failed
      type: str
      sample: "User does not have the permissions required for this action [error-unauthorized]"
    request_id:
      description: The id that Rocket.Chat, or a proxy before it, gave the call. It is null if there was none.
      returned: if a call failed
      type: str
      sample: 6b0d8f2a-52c7-4d0c-9c3e-0f6a1d5b7e21
"""

from ..module_utils._core.task import Info
from ..module_utils._services.rocketchat import RocketChat

TASK = Info(RocketChat)


def main() -> None:
    TASK.main()


if __name__ == "__main__":
    main()
