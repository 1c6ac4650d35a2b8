#!/usr/bin/python

# Copyright: Contributors to the saas.integrations collection
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: rocketchat_integrations
short_description: Manage a set of integrations of Rocket.Chat
version_added: "1.0.0"
description:
  - Bring many incoming and outgoing webhooks of a Rocket.Chat workspace to the desired state with one task, and remove
    those that are not wanted, if asked to.
  - Each entry of O(integrations) is what M(saas.integrations.rocketchat_integration) takes for one integration, and has
    the same effect. Its documentation tells how an integration is found, compared and changed.
  - All is planned before the first write. If one entry cannot be right, if two entries mean the same integration, or if
    O(purge) would remove too many, the task fails and nothing is written.
  - First the removals are made, then the changes, then the creations, each with as many threads as O(workers) says.
  - If a write fails, the others are made all the same. The task fails then, and returns RV(errors) beside what was
    done. When it is run again, it does what is left.
  - Rocket.Chat keeps an integration even if its script does not compile. The task then fails, with the compiler's
    message in RV(errors), although the integration was created or changed.
  - O(purge) only removes what the account sees, which may not be all that the workspace has.
extends_documentation_fragment:
  - saas.integrations.manage_set
  - saas.integrations.attributes
  - saas.integrations.attributes.actiongroup_rocketchat
  - saas.integrations.rocketchat
  - saas.integrations.connection
  - saas.integrations.connection.module
options:
  integrations:
    description:
      - The integrations, each with the options that M(saas.integrations.rocketchat_integration) has for it.
      - Two entries that mean the same integration are refused.
      - To read secrets, such as the URLs of incoming webhooks, use
        O(saas.integrations.rocketchat_integration#module:return_secrets).
    type: list
    elements: dict
    required: true
    suboptions:
      name:
        description:
          - The name of the integration. Upper and lower case differ.
          - The same name on the other kind is another integration. If the task gives no kind, the name has to be unique
            among both.
          - Rocket.Chat allows several integrations of the same name. This module never creates a second one of the same
            kind and name.
        type: str
      id:
        description:
          - The id of the integration, as the service gave it. Use it where the name does not say which integration is
            meant.
          - With it, O(integrations[].name) is not what the integration is found by but the name that it is to have.
          - The task fails if there is no integration with this id, unless it is to be V(absent). To create one, leave
            the id out.
          - Either this or O(integrations[].name) is needed.
        type: str
      new_name:
        description:
          - The name that the integration is to have from now on. O(integrations[].name) is the one that it had before.
          - The task can be run again. An integration that already has the new name is left as it is.
          - If there is none with either name, one with the new name is created. If both names exist, the task fails.
          - It does not go with O(integrations[].state=absent).
        type: str
      state:
        description:
          - V(present) creates the integration or brings it to what the task says.
          - V(absent) removes it. The options that describe it have no effect then, apart from those that it is found
            by.
        type: str
        choices: [present, absent]
        default: present
      enabled:
        description:
          - Whether the integration works. One that is not enabled is kept but does nothing.
          - Rocket.Chat disables the integrations that post as a user who is deactivated.
          - If it is not given, a new integration is enabled.
        type: bool
      incoming:
        description:
          - A webhook that other programs post messages to.
            RV(saas.integrations.rocketchat_integration#module:secrets.webhook_url) is its URL.
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
              - Where the messages are posted. Each entry is C(#) and a room, or C(@) and a user. At least one is
                needed, and all have to exist.
              - Rocket.Chat takes the name or the id of a room and keeps what it was given. Write it in the same way
                every time.
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
              - Whether the O(integrations[].incoming.script) processes what is sent.
              - If it is not given, a new integration gets V(false).
            type: bool
          script: &script
            description:
              - The script, in JavaScript. An empty string clears it.
              - It is treated as a secret, as scripts often hold one. It is masked wherever it is shown.
              - A server can be set up so that scripts cannot be changed. Then it refuses the task, or the task warns
                that the script was not taken over.
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
              - V(sendMessage), when a message is sent, needs O(integrations[].outgoing.channels) and takes
                O(integrations[].outgoing.trigger_words).
              - V(fileUploaded), V(roomJoined) and V(roomLeft) need O(integrations[].outgoing.channels).
              - V(roomArchived) and V(roomCreated) take none of them.
              - V(userCreated) needs O(integrations[].outgoing.target_room).
              - An option that the event does not take is refused.
              - Events that do not take O(integrations[].outgoing.channels) need the permission
                C(manage-outgoing-integrations).
              - Only newer servers know V(messageEdited) and V(messageDeleted). The server alone decides which options
                go with them.
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
                V(all_public_channels), V(all_private_groups) and V(all_direct_messages). The last two need the
                permission C(manage-outgoing-integrations).
              - For rooms, the same holds as for O(integrations[].incoming.channels).
              - The order does not matter.
            type: list
            elements: str
          target_room:
            description: The room to post to, for the event V(userCreated).
            type: str
          trigger_words:
            description:
              - The words with one of which a message has to begin, for the event V(sendMessage). Without any, every
                message counts.
              - The order does not matter. An empty list clears them.
            type: list
            elements: str
          trigger_word_anywhere:
            description: Whether a trigger word counts anywhere in the message, not only at its beginning.
            type: bool
          token:
            description:
              - A token of your choice. Rocket.Chat sends it with every call, so that the called program knows who
                calls.
              - It is a secret, masked wherever it is shown.
              - It cannot be cleared, so that an empty token is refused. Rocket.Chat makes none by itself, but demands
                one with every update. If the integration has none and the task gives none, the module makes one with
                the first update.
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
              - If O(integrations[].outgoing.retry_failed_calls=true), Rocket.Chat takes 4 by itself.
            type: int
          retry_delay:
            description:
              - How long to wait before it is made again, such as V(powers-of-ten), V(powers-of-two) or
                V(increments-of-two). Upper and lower case do not differ.
              - If O(integrations[].outgoing.retry_failed_calls=true), Rocket.Chat takes V(powers-of-ten) by itself.
            type: str
          impersonate_user:
            description:
              - Whether the answer is posted as the user whose message made the call, not as
                O(integrations[].outgoing.username).
            type: bool
          script_enabled:
            description:
              - Whether the O(integrations[].outgoing.script) processes the calls and their answers.
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
  - module: saas.integrations.rocketchat_integration
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

- name: Have one integration of each kind, and a former one removed
  saas.integrations.rocketchat_integrations:
    integrations:
      - name: Deployments
        incoming:
          username: rocket.cat
          channels:
            - "#general"
            - "#ops"
          alias: Deployments
          emoji: ":rocket:"
      - name: Tickets
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
      - name: New users
        outgoing:
          event: userCreated
          username: bot
          target_room: "#security"
          urls:
            - "{{ vault_onboarding_url }}"
      - name: Former bot
        state: absent

# What an entry does not mention stays as it is.
- name: Switch one integration off, and rename another
  saas.integrations.rocketchat_integrations:
    integrations:
      - name: New users
        enabled: false
      - name: Deployments
        new_name: Releases
  diff: true

# The settings that all have in common are given once.
- name: Let the monitoring of every team post to its room
  saas.integrations.rocketchat_integrations:
    integrations: "{{ teams | map('combine', common, recursive=true) }}"
    workers: 8
  vars:
    common:
      enabled: true
      incoming:
        username: rocket.cat
        alias: Monitoring
        emoji: ":bell:"
    teams:
      - name: Monitoring of operations
        incoming:
          channels:
            - "#ops"
      - name: Monitoring of security
        incoming:
          channels:
            - "#security"
            - "#alerts"

# The URLs of the webhooks are secrets. Without no_log they would be shown and logged.
- name: Get the URLs that the monitoring has to post to
  saas.integrations.rocketchat_integration:
    name: "{{ item }}"
    return_secrets: true
  loop:
    - Monitoring of operations
    - Monitoring of security
  register: monitoring
  no_log: true

- name: Have nothing but what the list says, after a look at what that removes
  vars:
    wanted:
      - name: Releases
        incoming:
          username: rocket.cat
          channels:
            - "#general"
            - "#ops"
      - name: Tickets
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
  block:
    - name: See what would be removed
      saas.integrations.rocketchat_integrations:
        integrations: "{{ wanted }}"
        purge: true
      check_mode: true
      diff: true
      register: plan

    - name: Show it
      ansible.builtin.debug:
        var: plan.deleted

    # The task fails and removes nothing if there is more to remove than expected.
    - name: Remove it
      saas.integrations.rocketchat_integrations:
        integrations: "{{ wanted }}"
        purge: true
        purge_limit: 5
"""

RETURN = r"""
created:
  description: The names of the integrations that were created, or would be in check mode, in the order of the input.
  returned: success, and together with RV(errors)
  type: list
  elements: str
  sample: ["Deployments"]
updated:
  description:
    - The names of the integrations that were changed, or would be in check mode, in the order of the input.
    - One that gets another name is listed with the new one.
  returned: success, and together with RV(errors)
  type: list
  elements: str
  sample: ["Tickets"]
deleted:
  description:
    - The names of the integrations that were removed, or would be in check mode.
    - Those of entries with O(integrations[].state=absent) come first, in the order of the input, and then those that
      O(purge) removes, in the order of their names.
  returned: success, and together with RV(errors)
  type: list
  elements: str
  sample: ["Former bot"]
unchanged:
  description: The names of the integrations that already are as the input says, in its order.
  returned: success, and together with RV(errors)
  type: list
  elements: str
  sample: ["New users"]
integrations:
  description:
    - The integrations of the input as they are now, or as they would be in check mode, in its order. Secrets are
      masked.
    - Those that were removed are not in it, nor are those that could not be written.
  returned: success, and together with RV(errors)
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
        - The settings of an incoming integration, named as the suboptions of O(integrations[].incoming).
        - There is a C(token) too. Rocket.Chat made it, and it is masked.
      returned: if RV(integrations[].kind=incoming)
      type: dict
      sample: {"username": "rocket.cat", "channels": ["#general"], "token": "********", "script_enabled": false}
    outgoing:
      description: The settings of an outgoing integration, named as the suboptions of O(integrations[].outgoing).
      returned: if RV(integrations[].kind=outgoing)
      type: dict
      sample: {"username": "bot", "event": "sendMessage", "channels": ["#ops"], "urls": ["********"]}
diff:
  description:
    - All integrations that differ, before and after, without what only Rocket.Chat sets. Secrets are masked.
    - Each is named with its name, its kind and, unless it is created, its id. One that gets another name is named with
      the new one.
  returned: in diff mode, on success and together with RV(errors)
  type: dict
  sample:
    before: {"Tickets outgoing 8fc6f82f0f3819176445cc41": {"id": "8fc6f82f0f3819176445cc41", "kind": "outgoing",
             "name": "Tickets", "enabled": true}}
    after: {"Tickets outgoing 8fc6f82f0f3819176445cc41": {"id": "8fc6f82f0f3819176445cc41", "kind": "outgoing",
            "name": "Tickets", "enabled": false},
            "Deployments incoming": {"kind": "incoming", "name": "Deployments", "enabled": true,
                                     "incoming": {"username": "rocket.cat", "channels": ["#general"]}}}
  contains:
    before:
      description: The integrations before. One that was created is not in it.
      returned: always
      type: dict
    after:
      description: The integrations after. One that was removed is not in it.
      returned: always
      type: dict
error:
  description:
    - What a program may want to know about the call that failed.
    - It is empty if no call failed, but what Rocket.Chat sent could not be right.
    - What concerns a single write is in RV(errors) instead.
  returned: on failure before the first write, if Rocket.Chat was the reason
  type: dict
  contains: &error
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
errors:
  description:
    - What could not be written, and why. The rest was written.
    - An integration whose script does not compile is listed as well. It was written all the same, and is in the other
      lists too.
  returned: on failure, if everything could be planned
  type: list
  elements: dict
  sample:
    - name: Deployments
      action: create
      msg: "Rocket.Chat answered POST /api/v1/integrations.create with 400: Invalid user [error-invalid-user]"
      error:
        method: POST
        path: /api/v1/integrations.create
        status: 400
        code: error-invalid-user
        message: "Invalid user [error-invalid-user]"
        request_id: 6b0d8f2a-52c7-4d0c-9c3e-0f6a1d5b7e21
  contains:
    name:
      description: The name of the integration.
      returned: always
      type: str
      sample: Deployments
    action:
      description:
        - What was to be done, or was done if a script does not compile.
        - One of V(create), V(update), V(delete) and, only because of a script, V(none).
      returned: always
      type: str
      sample: create
    msg:
      description: What went wrong, in a sentence.
      returned: always
      type: str
      sample: "Rocket.Chat answered POST /api/v1/integrations.create with 400: Invalid user [error-invalid-user]"
    error:
      description:
        - What a program may want to know about the call that failed.
        - It is empty if no call failed, but what Rocket.Chat sent could not be right.
      returned: if Rocket.Chat was the reason, except because of a script that does not compile
      type: dict
      contains: *error
"""

from ..module_utils._core.task import ManageSet
from ..module_utils._services.rocketchat import RocketChat

TASK = ManageSet(RocketChat)


def main() -> None:
    TASK.main()


if __name__ == "__main__":
    main()
