#!/usr/bin/python

# Copyright: Contributors to the saas.integrations collection
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: confluent_notification_integration
short_description: Manage a notification integration of Confluent Cloud
version_added: "1.0.0"
description:
  - Create, change, rename and remove a notification integration of Confluent Cloud. That is where Confluent Cloud can
    send its notifications. Which of them it sends there is up to the organization's notification subscriptions, which
    this module leaves alone.
  - An integration is found by its name, whatever its kind, or by its id. If several match, the task fails and lists
    their ids.
  - Give at most one of the options O(slack), O(webhook) and O(ms_teams), which are the kinds. They exclude each other.
    One is needed to create an integration and to change its URL. Without one, a task can rename, describe and remove an
    integration. One that differs from the kind of an existing integration changes the kind.
  - Every organization has integrations of built-in kinds, which notify a role or a user by e-mail or in the console.
    They cannot be written, nor can those of kinds that are newer than this module.
    M(saas.integrations.confluent_notification_integration_info) lists them all, and this module refuses them. If the
    task gives a kind, their names do not count, and an integration of the same name is created beside them.
  - What the task does not give, or gives as null, stays as it is. An empty string clears the description. For Confluent
    Cloud, a description that is missing or empty is the same.
  - An update sends only what changes. The kind and the URL are sent together.
  - As far as is known, Confluent Cloud gives the URLs back, so that they are compared like everything else. If it does
    not, see O(update_secrets).
extends_documentation_fragment:
  - saas.integrations.attributes
  - saas.integrations.attributes.actiongroup_confluent
  - saas.integrations.manage
  - saas.integrations.manage.update_secrets
  - saas.integrations.manage.send_test
  - saas.integrations.confluent
  - saas.integrations.connection
  - saas.integrations.connection.module
attributes:
  idempotent:
    details:
      - Except with O(update_secrets=always), if the task holds a URL that Confluent Cloud does not give back.
options:
  name:
    description:
      - The name of the integration, of 64 characters at most. Upper and lower case differ.
      - Confluent Cloud does not say whether names have to be unique. This module never creates a second integration of
        the same name, apart from one of a built-in kind.
    type: str
  description:
    description:
      - A text for the people who use Confluent Cloud, of 128 characters at most. An empty string clears it.
    type: str
  slack:
    description: Have notifications posted to Slack.
    type: dict
    suboptions:
      webhook_url:
        description:
          - The URL of an incoming webhook of Slack, with C(http) or C(https). Who knows it can post.
          - It is a secret, masked wherever it is shown.
        type: str
        required: true
  webhook:
    description: Have notifications sent to a URL.
    type: dict
    suboptions:
      url:
        description:
          - The URL to send to, with C(http) or C(https).
          - Confluent Cloud takes neither headers nor credentials for it, so that only a token in the URL can tell the
            receiver who calls.
          - It is a secret, masked wherever it is shown, as such URLs often hold a token.
        type: str
        required: true
  ms_teams:
    description: Have notifications posted to Microsoft Teams.
    type: dict
    suboptions:
      webhook_url:
        description:
          - The URL of an incoming webhook of Microsoft Teams, with C(http) or C(https). Who knows it can post.
          - It is a secret, masked wherever it is shown.
        type: str
        required: true
notes:
  - Confluent Cloud tests an integration as a whole. If it does not give the URL back, a task with O(send_test=true) has
    to hold it.
  - Confluent Cloud does not document what becomes of the subscriptions that use an integration which is removed.
author:
  - Contributors to the saas.integrations collection (@saas-integrations)
seealso:
  - module: saas.integrations.confluent_notification_integration_info
"""

EXAMPLES = r"""
# The examples take the credentials from the environment. To give them once for all tasks of a play, write:
#
# - hosts: localhost
#   module_defaults:
#     group/saas.integrations.confluent:
#       api_key: "{{ vault_confluent_api_key }}"
#       api_secret: "{{ vault_confluent_api_secret }}"

- name: Have notifications posted to the channel of the platform team
  saas.integrations.confluent_notification_integration:
    name: Platform channel
    description: First line, day and night
    slack:
      webhook_url: "{{ vault_slack_url }}"

# Nothing is written if Confluent Cloud refuses the test.
- name: Have notifications sent to the automation platform, after a test
  saas.integrations.confluent_notification_integration:
    name: Automation
    send_test: true
    webhook:
      url: "{{ vault_automation_url }}"

- name: Have notifications posted to Microsoft Teams
  saas.integrations.confluent_notification_integration:
    name: Billing
    ms_teams:
      webhook_url: "{{ vault_teams_url }}"

# All that the task does not mention stays as it is.
- name: Describe an integration
  saas.integrations.confluent_notification_integration:
    name: Billing
    description: Invoices and credits

- name: Clear the description
  saas.integrations.confluent_notification_integration:
    name: Platform channel
    description: ""

- name: Move the notifications from Microsoft Teams to Slack
  saas.integrations.confluent_notification_integration:
    name: Billing
    slack:
      webhook_url: "{{ vault_billing_url }}"
  diff: true

- name: Rename an integration
  saas.integrations.confluent_notification_integration:
    name: Platform channel
    new_name: Platform team

- name: Show what would change, without changing it
  saas.integrations.confluent_notification_integration:
    name: Platform team
    slack:
      webhook_url: "{{ vault_new_slack_url }}"
  check_mode: true
  diff: true

# Only needed if Confluent Cloud does not give the URL back, so that nobody can see whether it differs.
- name: Replace the URL of the webhook
  saas.integrations.confluent_notification_integration:
    name: Platform team
    update_secrets: always
    slack:
      webhook_url: "{{ vault_new_slack_url }}"

- name: Read the URL of an integration
  saas.integrations.confluent_notification_integration:
    name: Automation
    return_secrets: true
  register: automation
  no_log: true

- name: Remove an integration
  saas.integrations.confluent_notification_integration:
    name: Automation
    state: absent

- name: Remove one of two integrations that have the same name
  saas.integrations.confluent_notification_integration:
    id: int-5d1f7c0c9a
    state: absent
"""

RETURN = r"""
action:
  description:
    - What was done, or would be done in check mode.
    - One of V(none), V(create), V(update) and V(delete).
  returned: success
  type: str
  sample: update
changes:
  description:
    - The options that make an update necessary. The URL is named with its kind. A change of the kind is V(kind).
    - The list is empty if RV(action) is not V(update).
  returned: success
  type: list
  elements: str
  sample: ["description", "slack.webhook_url"]
integration:
  description:
    - The integration as it is now, or as it would be in check mode. Secrets are masked.
    - It is empty if there is none, as after its removal.
    - A URL that Confluent Cloud does not give back may be missing.
  returned: success
  type: dict
  sample:
    id: int-2302c15c6d
    kind: slack
    name: Platform channel
    description: First line, day and night
    resource_name: crn://confluent.cloud/organization=6a1c2f0e-5d0b-4a57-9a63-2f6f6d1f0b57/integration=int-2302c15c6d
    created_at: "2026-11-23T13:00:10.381028Z"
    updated_at: "2026-11-23T13:00:10.944027Z"
    slack:
      webhook_url: "********"
  contains:
    id:
      description: The id. There is none yet if check mode would create the integration.
      returned: if the integration exists
      type: str
      sample: int-2302c15c6d
    kind:
      description:
        - One of V(slack), V(webhook) and V(ms_teams).
        - The settings of the kind are in the dictionary of the same name.
      returned: always
      type: str
      sample: slack
    name:
      description: The name.
      returned: always
      type: str
      sample: Platform channel
    description:
      description: The description.
      returned: if there is one
      type: str
      sample: First line, day and night
    resource_name:
      description: What Confluent Cloud calls the integration, as a Confluent resource name.
      returned: if Confluent Cloud says it
      type: str
      sample: crn://confluent.cloud/organization=6a1c2f0e-5d0b-4a57-9a63-2f6f6d1f0b57/integration=int-2302c15c6d
    created_at:
      description: When the integration was created.
      returned: if Confluent Cloud says it
      type: str
      sample: "2026-11-23T13:00:10.381028Z"
    updated_at:
      description: When the integration was last changed.
      returned: if Confluent Cloud says it
      type: str
      sample: "2026-11-23T13:00:10.944027Z"
    slack:
      description: The settings, named as the suboptions of O(slack).
      returned: if RV(integration.kind=slack)
      type: dict
      sample: {"webhook_url": "********"}
    webhook:
      description: The settings, named as the suboptions of O(webhook).
      returned: if RV(integration.kind=webhook)
      type: dict
      sample: {"url": "********"}
    ms_teams:
      description: The settings, named as the suboptions of O(ms_teams).
      returned: if RV(integration.kind=ms_teams)
      type: dict
      sample: {"webhook_url": "********"}
diff:
  description: The integration before and after, without what only Confluent Cloud sets. Secrets are masked.
  returned: in diff mode
  type: dict
  sample:
    before: {"id": "int-2302c15c6d", "kind": "slack", "name": "Platform channel", "description": "",
             "slack": {"webhook_url": "********"}}
    after: {"id": "int-2302c15c6d", "kind": "slack", "name": "Platform channel", "description": "First line",
            "slack": {"webhook_url": "******** (changed)"}}
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
    - The secrets of the integration that are known, by the name of their option, not masked.
    - A secret that Confluent Cloud does not give back is missing.
  returned: if O(return_secrets=true) and there is an integration
  type: dict
  sample: {"url": "https://hooks.example.com/services/T0/B0/abc"}
  contains:
    url:
      description: The URL that notifications are sent to.
      returned: if RV(integration.kind=webhook) and it is known
      type: str
      sample: https://hooks.example.com/services/T0/B0/abc
    webhook_url:
      description: The URL of the webhook of Slack or Microsoft Teams.
      returned: if RV(integration.kind=slack) or RV(integration.kind=ms_teams), and it is known
      type: str
      sample: https://hooks.example.com/services/T0/B0/abc
error:
  description:
    - What a program may want to know about the call that failed.
    - It is empty if no call failed, but what Confluent Cloud sent could not be right.
  returned: on failure, if Confluent Cloud was the reason
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
      sample: /notifications/v1/integrations
    status:
      description: The HTTP status of the answer. It is null if there was none.
      returned: if a call failed
      type: int
      sample: 409
    code:
      description: The name that Confluent Cloud has for the error. It is null if it gave none.
      returned: if a call failed
      type: str
      sample: resource_already_exists
    message:
      description: What Confluent Cloud said about the error. It is null if it said nothing.
      returned: if a call failed
      type: str
      sample: "The display name is in use."
    request_id:
      description: The id that Confluent Cloud, or a proxy before it, gave the call. It is null if there was none.
      returned: if a call failed
      type: str
      sample: 6b0d8f2a-52c7-4d0c-9c3e-0f6a1d5b7e21
"""

from ..module_utils._core.task import Manage
from ..module_utils._services.confluent import Confluent

TASK = Manage(Confluent)


def main() -> None:
    TASK.main()


if __name__ == "__main__":
    main()
