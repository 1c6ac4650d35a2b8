#!/usr/bin/python

# Copyright: Contributors to the saas.integrations collection
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: rocketchat_integration
short_description: Manage an integration of Rocket.Chat
version_added: "1.0.0"
description:
  - Create, change, rename and remove an integration of a Rocket.Chat workspace. It is an incoming webhook, which other
    programs post messages to, or an outgoing webhook, which tells other programs what happens.
  - An integration is found by its kind and its name, or by its id. If several match, the task fails and lists their
    ids.
  - The kind is incoming or outgoing. Give at most one of the options O(incoming) and O(outgoing). They exclude each
    other. One is needed to create an integration and to change its settings. Without one, a task can rename, enable,
    disable and remove an integration.
  - What the task does not give, or gives as null, stays as it is. An empty string or an empty list clears a setting.
    For Rocket.Chat, a setting that is missing, empty or false is the same.
  - Rocket.Chat gives secrets back, so that they are compared like everything else.
  - Rocket.Chat keeps an integration even if its script does not compile. The task then fails, with the compiler's
    message, although the integration was created or changed. It fails every time until the script compiles or is
    disabled.
extends_documentation_fragment:
  - saas.integrations.attributes
  - saas.integrations.attributes.actiongroup_rocketchat
  - saas.integrations.manage
  - saas.integrations.rocketchat
  - saas.integrations.connection
  - saas.integrations.connection.module
options:
  name:
    description:
      - The name of the integration. Upper and lower case differ.
      - The same name on the other kind is another integration. If the task gives no kind, the name has to be unique
        among both.
      - Rocket.Chat allows several integrations of the same name. This module never creates a second one of the same
        kind and name.
    type: str
  enabled:
    description:
      - Whether the integration works. One that is not enabled is kept but does nothing.
      - Rocket.Chat disables the integrations that post as a user who is deactivated.
      - If it is not given, a new integration is enabled.
    type: bool
  incoming:
    description:
      - A webhook that other programs post messages to. RV(secrets.webhook_url) is its URL.
      - The kind of an existing integration cannot be changed.
      - Rocket.Chat makes the token in the URL. It can be neither chosen nor changed. For a new one, remove the
        integration and create it again.
    type: dict
    suboptions:
      username:
        description:
          - The name of the user who posts the messages. The user has to exist.
          - Depending on its version, Rocket.Chat gives this user the role C(bot), or demands that the user has the
            permission C(message-impersonate).
        type: str
        required: true
      channels:
        description:
          - Where the messages are posted. Each entry is C(#) and a room, or C(@) and a user. At least one is needed,
            and all have to exist.
          - Rocket.Chat takes the name or the id of a room and keeps what it was given. Write it in the same way every
            time.
          - If a room is renamed, Rocket.Chat writes the new name into its integrations. Change it in the task, too.
          - The order does not matter.
        type: list
        elements: str
        required: true
      override_destination_channel_enabled:
        description: Whether a message that is sent to the webhook may say itself where it is posted.
        type: bool
      script_enabled:
        description:
          - Whether the O(incoming.script) processes what is sent.
          - If it is not given, a new integration gets V(false).
        type: bool
      script: &script
        description:
          - The script, in JavaScript. An empty string clears it.
          - It is treated as a secret, as scripts often hold one. It is masked wherever it is shown.
          - A server can be set up so that scripts cannot be changed. Then it refuses the task, or the task warns that
            the script was not taken over.
        type: str
      script_engine: &script_engine
        description:
          - What the script runs in. Servers from version 8 on know only V(isolated-vm).
          - If it is not given, a new integration gets the server's default.
        type: str
        choices: [isolated-vm, vm2]
      skip_transpile: &skip_transpile
        description:
          - Whether the script is taken as it is, without being translated for older engines.
          - Only servers of version 8.4 to 8.x know it. Others refuse it or ignore it.
        type: bool
      alias: &alias
        description: The name that is shown as the sender of the messages. An empty string clears it.
        type: str
      avatar: &avatar
        description: The URL of a picture that is shown beside the messages. An empty string clears it.
        type: str
      emoji: &emoji
        description: An emoji that is shown instead of the picture, such as V(:rocket:). An empty string clears it.
        type: str
  outgoing:
    description:
      - A webhook that calls other programs when something happens in the workspace.
    type: dict
    suboptions:
      event:
        description:
          - What makes the webhook call.
          - V(sendMessage), when a message is sent, needs O(outgoing.channels) and takes O(outgoing.trigger_words).
          - V(fileUploaded), V(roomJoined) and V(roomLeft) need O(outgoing.channels).
          - V(roomArchived) and V(roomCreated) take none of them.
          - V(userCreated) needs O(outgoing.target_room).
          - An option that the event does not take is refused.
          - Events that do not take O(outgoing.channels) need the permission C(manage-outgoing-integrations).
          - Only newer servers know V(messageEdited) and V(messageDeleted). The server alone decides which options go
            with them.
        type: str
        choices:
          - sendMessage
          - fileUploaded
          - roomJoined
          - roomLeft
          - roomArchived
          - roomCreated
          - userCreated
          - messageEdited
          - messageDeleted
        required: true
      username:
        description: The name of the user who posts what the called program answers. The user has to exist.
        type: str
        required: true
      urls:
        description:
          - The URLs to call. At least one is needed.
          - They are treated as secrets, as such URLs often hold a token. They are masked wherever they are shown.
          - The order does not matter.
        type: list
        elements: str
        required: true
      channels:
        description:
          - Where the event has to happen. Each entry is C(#) and a room, C(@) and a user, or one of
            V(all_public_channels), V(all_private_groups) and V(all_direct_messages). The last two need the permission
            C(manage-outgoing-integrations).
          - For rooms, the same holds as for O(incoming.channels).
          - The order does not matter.
        type: list
        elements: str
      target_room:
        description: The room to post to, for the event V(userCreated).
        type: str
      trigger_words:
        description:
          - The words with one of which a message has to begin, for the event V(sendMessage). Without any, every message
            counts.
          - The order does not matter. An empty list clears them.
        type: list
        elements: str
      trigger_word_anywhere:
        description: Whether a trigger word counts anywhere in the message, not only at its beginning.
        type: bool
      token:
        description:
          - A token of your choice. Rocket.Chat sends it with every call, so that the called program knows who calls.
          - It is a secret, masked wherever it is shown.
          - It cannot be cleared, so that an empty token is refused. Rocket.Chat makes none by itself, but demands one
            with every update. If the integration has none and the task gives none, the module makes one with the first
            update.
        type: str
      run_on_edits:
        description: Whether a message that is edited counts as well.
        type: bool
      retry_failed_calls:
        description: Whether a call that failed is made again.
        type: bool
      retry_count:
        description:
          - How often it is made again, 1 or more.
          - If O(outgoing.retry_failed_calls=true), Rocket.Chat takes 4 by itself.
        type: int
      retry_delay:
        description:
          - How long to wait before it is made again, such as V(powers-of-ten), V(powers-of-two) or
            V(increments-of-two). Upper and lower case do not differ.
          - If O(outgoing.retry_failed_calls=true), Rocket.Chat takes V(powers-of-ten) by itself.
        type: str
      impersonate_user:
        description: Whether the answer is posted as the user whose message made the call, not as O(outgoing.username).
        type: bool
      script_enabled:
        description:
          - Whether the O(outgoing.script) processes the calls and their answers.
          - If it is not given, a new integration gets V(false).
        type: bool
      script: *script
      script_engine: *script_engine
      skip_transpile: *skip_transpile
      alias: *alias
      avatar: *avatar
      emoji: *emoji
author:
  - Contributors to the saas.integrations collection (@saas-integrations)
seealso:
  - module: saas.integrations.rocketchat_integration_info
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

- name: Let the deployment pipeline post to two rooms
  saas.integrations.rocketchat_integration:
    name: Deployments
    incoming:
      username: rocket.cat
      channels:
        - "#general"
        - "#ops"
      alias: Deployments
      emoji: ":rocket:"

# The URL is a secret. Without no_log it would be shown and logged.
- name: Get the URL that the pipeline has to post to
  saas.integrations.rocketchat_integration:
    name: Deployments
    return_secrets: true
  register: deployments
  no_log: true

- name: Check the URL
  ansible.builtin.assert:
    that: deployments.secrets.webhook_url is match("https?://")
    quiet: true
  no_log: true

- name: Put alerts into words with a script
  saas.integrations.rocketchat_integration:
    name: Alerts
    incoming:
      username: rocket.cat
      channels:
        - "#alerts"
      script_enabled: true
      script: |
        class Script {
          process_incoming_request({ request }) {
            return { content: { text: `${request.content.status}: ${request.content.summary}` } };
          }
        }

- name: Tell the ticket system of every message that begins with !ticket
  saas.integrations.rocketchat_integration:
    name: Tickets
    outgoing:
      event: sendMessage
      username: bot
      channels:
        - "#ops"
        - "#security"
      trigger_words:
        - "!ticket"
      urls:
        - "{{ vault_tickets_url }}"
      token: "{{ vault_tickets_token }}"
      retry_failed_calls: true
      retry_count: 3
      retry_delay: powers-of-two

- name: Announce new users, which takes a room to post to but no channels
  saas.integrations.rocketchat_integration:
    name: New users
    outgoing:
      event: userCreated
      username: bot
      target_room: "#security"
      urls:
        - "{{ vault_onboarding_url }}"

# All that the task does not mention stays as it is.
- name: Switch an integration off
  saas.integrations.rocketchat_integration:
    name: Tickets
    enabled: false

- name: Change the rooms and clear the alias
  saas.integrations.rocketchat_integration:
    name: Deployments
    incoming:
      username: rocket.cat
      channels:
        - "#ops"
      alias: ""

- name: Rename an integration
  saas.integrations.rocketchat_integration:
    name: Alerts
    new_name: Monitoring
  diff: true

- name: Show what would change, without changing it
  saas.integrations.rocketchat_integration:
    name: Monitoring
    incoming:
      username: rocket.cat
      channels:
        - "#alerts"
        - "#security"
  check_mode: true
  diff: true

- name: Remove an integration
  saas.integrations.rocketchat_integration:
    name: New users
    state: absent

- name: Remove one of two integrations that have the same name
  saas.integrations.rocketchat_integration:
    id: 64f1c0ffee5d2b0012ab34cd
    state: absent
"""

RETURN = r"""
action:
  description:
    - What was done, or would be done in check mode.
    - One of V(none), V(create), V(update) and V(delete).
  returned: success, and if the task failed because of a script that does not compile
  type: str
  sample: update
changes:
  description:
    - The options that make an update necessary. Those of a kind are named with it.
    - The list is empty if RV(action) is not V(update).
  returned: success, and if the task failed because of a script that does not compile
  type: list
  elements: str
  sample: ["enabled", "incoming.channels"]
integration:
  description:
    - The integration as it is now, or as it would be in check mode. Secrets are masked.
    - It is empty if there is none, as after its removal.
  returned: success, and if the task failed because of a script that does not compile
  type: dict
  sample:
    id: 8fc6f82f0f3819176445cc41
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
      alias: Deployments
      emoji: ":rocket:"
  contains:
    id:
      description: The id. There is none yet if check mode would create the integration.
      returned: if the integration exists
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
      returned: always, except if check mode would create the integration and the task does not give it
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
        - The settings of an incoming integration, named as the suboptions of O(incoming).
        - There is a C(token) too. Rocket.Chat made it, and it is masked.
      returned: if RV(integration.kind=incoming)
      type: dict
      sample: {"username": "rocket.cat", "channels": ["#general"], "token": "********", "script_enabled": false}
    outgoing:
      description: The settings of an outgoing integration, named as the suboptions of O(outgoing).
      returned: if RV(integration.kind=outgoing)
      type: dict
      sample: {"username": "bot", "event": "sendMessage", "channels": ["#ops"], "urls": ["********"]}
diff:
  description: The integration before and after, without what only Rocket.Chat sets. Secrets are masked.
  returned: in diff mode
  type: dict
  sample:
    before: {"id": "8fc6f82f0f3819176445cc41", "kind": "incoming", "name": "Alerts", "enabled": true,
             "incoming": {"username": "rocket.cat", "channels": ["#alerts"], "script_enabled": true,
                          "script": "********"}}
    after: {"id": "8fc6f82f0f3819176445cc41", "kind": "incoming", "name": "Monitoring", "enabled": true,
            "incoming": {"username": "rocket.cat", "channels": ["#alerts"], "script_enabled": true,
                         "script": "******** (changed)"}}
  contains:
    before:
      description: The integration before. It is empty if there was none.
      returned: always
      type: dict
    after:
      description: The integration after. It is empty if there is none any more.
      returned: always
      type: dict
secrets:
  description:
    - The secrets of the integration, by the name of their option, not masked. Those that it does not have are missing.
  returned: if O(return_secrets=true) and there is an integration
  type: dict
  sample:
    token: kF3cXz7Qm9TgYbWp
    webhook_url: https://chat.example.com/hooks/8fc6f82f0f3819176445cc41/kF3cXz7Qm9TgYbWp
  contains:
    token:
      description: The token that Rocket.Chat made for an incoming integration, or that an outgoing integration sends.
      returned: if the integration has one
      type: str
      sample: kF3cXz7Qm9TgYbWp
    webhook_url:
      description: The URL to post messages to. It is made of O(api_url), the id and the token.
      returned: if the integration is an incoming one that exists
      type: str
      sample: https://chat.example.com/hooks/8fc6f82f0f3819176445cc41/kF3cXz7Qm9TgYbWp
    urls:
      description: The URLs that an outgoing integration calls.
      returned: if the integration is an outgoing one
      type: list
      elements: str
      sample: ["https://hooks.example.com/tickets/kF3cXz7Qm9TgYbWp"]
    script:
      description: The script.
      returned: if the integration has one
      type: str
      sample: "class Script { process_incoming_request({ request }) { return request; } }"
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
      sample: POST
    path:
      description: The path of the call.
      returned: if a call failed
      type: str
      sample: /api/v1/integrations.create
    status:
      description: The HTTP status of the answer. It is null if there was none.
      returned: if a call failed
      type: int
      sample: 400
    code:
      description: The name that Rocket.Chat has for the error. It is null if it gave none.
      returned: if a call failed
      type: str
      sample: error-invalid-user
    message:
      description: What Rocket.Chat said about the error. It is null if it said nothing.
      returned: if a call failed
      type: str
      sample: "Invalid user [error-invalid-user]"
    request_id:
      description: The id that Rocket.Chat, or a proxy before it, gave the call. It is null if there was none.
      returned: if a call failed
      type: str
      sample: 6b0d8f2a-52c7-4d0c-9c3e-0f6a1d5b7e21
"""

from ..module_utils._core.task import Manage
from ..module_utils._services.rocketchat import RocketChat

TASK = Manage(RocketChat)


def main() -> None:
    TASK.main()


if __name__ == "__main__":
    main()
