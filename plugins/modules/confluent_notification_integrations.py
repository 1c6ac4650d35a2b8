#!/usr/bin/python

# Copyright: Contributors to the saas.integrations collection
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: confluent_notification_integrations
short_description: Manage a set of notification integrations of Confluent Cloud
version_added: "1.0.0"
description:
  - Bring many notification integrations of Confluent Cloud to the desired state with one task, and remove those that
    are not wanted, if asked to.
  - Each entry of O(integrations) is what M(saas.integrations.confluent_notification_integration) takes for one
    integration, and has the same effect. Its documentation tells how an integration is found, compared and changed.
  - All is planned before the first write. If one entry cannot be right, if two entries mean the same integration, or if
    O(purge) would remove too many, the task fails and nothing is written.
  - First the removals are made, then the changes, then the creations, each with as many threads as O(workers) says.
  - If a write fails, the others are made all the same. The task fails then, and returns RV(errors) beside what was
    done. When it is run again, it does what is left. A test that the service refuses, see
    O(integrations[].send_test), counts as a write that fails.
  - Integrations of built-in kinds, which notify a role or a user by e-mail or in the console, cannot be written. An
    entry that means one is refused, and O(purge) never removes one.
extends_documentation_fragment:
  - saas.integrations.manage_set
  - saas.integrations.attributes
  - saas.integrations.attributes.actiongroup_confluent
  - saas.integrations.confluent
  - saas.integrations.connection
  - saas.integrations.connection.module
attributes:
  idempotent:
    details:
      - Except with O(integrations[].update_secrets=always), if the entry holds a URL that Confluent Cloud does not give
        back.
options:
  integrations:
    description:
      - The integrations, each with the options that M(saas.integrations.confluent_notification_integration) has for it.
      - Two entries that mean the same integration are refused.
      - To read secrets, use O(saas.integrations.confluent_notification_integration#module:return_secrets).
    type: list
    elements: dict
    required: true
    suboptions:
      name:
        description:
          - The name of the integration, of 64 characters at most. Upper and lower case differ.
          - Confluent Cloud does not say whether names have to be unique. This module never creates a second integration
            of the same name, apart from one of a built-in kind.
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
      update_secrets:
        description:
          - When to write the secrets that the service does not give back. They cannot be compared, so that nobody knows
            whether they would change.
          - V(on_create) writes them when the integration is created. A new value of such a secret does not by itself
            make the task change an integration that exists.
          - V(always) writes them every time. A task that holds such a secret is then always changed.
          - A secret that the service does give back is compared like any other option, whatever is set here.
          - The task warns if it holds a secret and cannot tell whether the integration has one at all.
        type: str
        choices: [on_create, always]
        default: on_create
      send_test:
        description:
          - Whether the service is to send its own test with the new settings, before the integration is created or
            changed.
          - If the service refuses the test, the task fails and nothing is written. That a test was accepted does not
            prove that it arrived.
          - No test is sent if there is nothing to change, if the integration is removed, and in check mode.
        type: bool
        default: false
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
              - Confluent Cloud takes neither headers nor credentials for it, so that only a token in the URL can tell
                the receiver who calls.
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
  - Confluent Cloud tests an integration as a whole. If it does not give the URL back, an entry with
    O(integrations[].send_test=true) has to hold it.
author:
  - Contributors to the saas.integrations collection (@saas-integrations)
seealso:
  - module: saas.integrations.confluent_notification_integration
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

- name: Have one integration of each kind, and a former one removed
  saas.integrations.confluent_notification_integrations:
    integrations:
      - name: Platform channel
        description: First line, day and night
        slack:
          webhook_url: "{{ vault_slack_url }}"
      - name: Automation
        webhook:
          url: "{{ vault_automation_url }}"
      - name: Billing
        ms_teams:
          webhook_url: "{{ vault_teams_url }}"
      - name: Former channel
        state: absent

# What an entry does not mention stays as it is. Nothing is written to Audit if Confluent Cloud refuses the test.
- name: Describe one integration, rename another, and test a third before it is created
  saas.integrations.confluent_notification_integrations:
    integrations:
      - name: Billing
        description: Invoices and credits
      - name: Platform channel
        new_name: Platform team
      - name: Audit
        send_test: true
        webhook:
          url: "{{ vault_audit_url }}"
  diff: true

# The names are the keys of a variable, so that none can be there twice.
- name: Have notifications posted to the channel of every team
  saas.integrations.confluent_notification_integrations:
    integrations: "{{ channels | dict2items(key_name='name', value_name='slack') }}"
    workers: 8
  vars:
    channels:
      Payments:
        webhook_url: "{{ vault_payments_url }}"
      Search:
        webhook_url: "{{ vault_search_url }}"
      Warehouse:
        webhook_url: "{{ vault_warehouse_url }}"

- name: Have nothing but what the list says, after a look at what that removes
  vars:
    wanted:
      - name: Platform team
        slack:
          webhook_url: "{{ vault_slack_url }}"
      - name: Automation
        webhook:
          url: "{{ vault_automation_url }}"
      - name: Billing
        ms_teams:
          webhook_url: "{{ vault_teams_url }}"
  block:
    - name: See what would be removed
      saas.integrations.confluent_notification_integrations:
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
      saas.integrations.confluent_notification_integrations:
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
  sample: ["Platform channel"]
updated:
  description:
    - The names of the integrations that were changed, or would be in check mode, in the order of the input.
    - One that gets another name is listed with the new one.
  returned: success, and together with RV(errors)
  type: list
  elements: str
  sample: ["Billing"]
deleted:
  description:
    - The names of the integrations that were removed, or would be in check mode.
    - Those of entries with O(integrations[].state=absent) come first, in the order of the input, and then those that
      O(purge) removes, in the order of their names.
  returned: success, and together with RV(errors)
  type: list
  elements: str
  sample: ["Former channel"]
unchanged:
  description: The names of the integrations that already are as the input says, in its order.
  returned: success, and together with RV(errors)
  type: list
  elements: str
  sample: ["Automation"]
integrations:
  description:
    - The integrations of the input as they are now, or as they would be in check mode, in its order. Secrets are
      masked.
    - Those that were removed are not in it, nor are those that could not be written.
    - A URL that Confluent Cloud does not give back may be missing.
  returned: success, and together with RV(errors)
  type: list
  elements: dict
  sample:
    - id: int-2302c15c6d
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
      description: The settings, named as the suboptions of O(integrations[].slack).
      returned: if RV(integrations[].kind=slack)
      type: dict
      sample: {"webhook_url": "********"}
    webhook:
      description: The settings, named as the suboptions of O(integrations[].webhook).
      returned: if RV(integrations[].kind=webhook)
      type: dict
      sample: {"url": "********"}
    ms_teams:
      description: The settings, named as the suboptions of O(integrations[].ms_teams).
      returned: if RV(integrations[].kind=ms_teams)
      type: dict
      sample: {"webhook_url": "********"}
diff:
  description:
    - All integrations that differ, before and after, without what only Confluent Cloud sets. Secrets are masked.
    - Each is named with its name, its kind and, unless it is created, its id. One that gets another name is named with
      the new one.
  returned: in diff mode, on success and together with RV(errors)
  type: dict
  sample:
    before: {"Billing slack int-2302c15c6d": {"id": "int-2302c15c6d", "kind": "slack", "name": "Billing",
             "description": "", "slack": {"webhook_url": "********"}}}
    after: {"Billing slack int-2302c15c6d": {"id": "int-2302c15c6d", "kind": "slack", "name": "Billing",
            "description": "Invoices", "slack": {"webhook_url": "********"}},
            "Platform channel webhook": {"kind": "webhook", "name": "Platform channel",
                                         "webhook": {"url": "********"}}}
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
    - It is empty if no call failed, but what Confluent Cloud sent could not be right.
    - What concerns a single write is in RV(errors) instead.
  returned: on failure before the first write, if Confluent Cloud was the reason
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
errors:
  description:
    - What could not be written, and why. The rest was written.
  returned: on failure, if everything could be planned
  type: list
  elements: dict
  sample:
    - name: Platform channel
      action: create
      msg: "Confluent Cloud answered POST /notifications/v1/integrations with 409: The display name is in use."
      error:
        method: POST
        path: /notifications/v1/integrations
        status: 409
        code: resource_already_exists
        message: "The display name is in use."
        request_id: 6b0d8f2a-52c7-4d0c-9c3e-0f6a1d5b7e21
  contains:
    name:
      description: The name of the integration.
      returned: always
      type: str
      sample: Platform channel
    action:
      description:
        - What was to be done.
        - One of V(create), V(update) and V(delete).
      returned: always
      type: str
      sample: create
    msg:
      description: What went wrong, in a sentence.
      returned: always
      type: str
      sample: "Confluent Cloud answered POST /notifications/v1/integrations with 409: The display name is in use."
    error:
      description:
        - What a program may want to know about the call that failed.
        - It is empty if no call failed, but what Confluent Cloud sent could not be right.
      returned: if Confluent Cloud was the reason
      type: dict
      contains: *error
"""

from ..module_utils._core.task import ManageSet
from ..module_utils._services.confluent import Confluent

TASK = ManageSet(Confluent)


def main() -> None:
    TASK.main()


if __name__ == "__main__":
    main()
