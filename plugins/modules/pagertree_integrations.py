#!/usr/bin/python

# Copyright: Contributors to the saas.integrations collection
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: pagertree_integrations
short_description: Manage a set of integrations of PagerTree
version_added: "1.0.0"
description:
  - Bring many integrations of PagerTree to the desired state with one task, and remove those that are not wanted, if
    asked to.
  - Each entry of O(integrations) is what M(saas.integrations.pagertree_integration) takes for one integration, and has
    the same effect. Its documentation tells how an integration is found, compared and changed.
  - All is planned before the first write. If one entry cannot be right, if two entries mean the same integration, or if
    O(purge) would remove too many, the task fails and nothing is written.
  - First the removals are made, then the changes, then the creations, each with as many threads as O(workers) says.
  - If a write fails, the others are made all the same. The task fails then, and returns RV(errors) beside what was
    done. When it is run again, it does what is left.
extends_documentation_fragment:
  - saas.integrations.manage_set
  - saas.integrations.attributes
  - saas.integrations.attributes.actiongroup_pagertree
  - saas.integrations.pagertree
  - saas.integrations.connection
  - saas.integrations.connection.module
attributes:
  check_mode:
    details:
      - The service is only read. RV(ignore:changed), RV(created), RV(updated), RV(deleted) and RV(unchanged) are the
        same as in a real run in which no write fails.
      - A destination that does not exist is taken for one that an earlier task would have created, and the task warns
        of it. In a real run, the task fails.
  idempotent:
    details:
      - Except with O(integrations[].update_secrets=always), if the entry holds a secret that PagerTree does not give
        back.
      - Except if an entry gives null for an option whose default is not empty.
options:
  integrations:
    description:
      - The integrations, each with the options that M(saas.integrations.pagertree_integration) has for it.
      - Two entries that mean the same integration are refused.
      - To read secrets, such as the URLs that alerts are posted to, use
        O(saas.integrations.pagertree_integration#module:return_secrets).
    type: list
    elements: dict
    required: true
    suboptions:
      name:
        description:
          - The name of the integration. Upper and lower case differ.
          - The same name with another integration type is another integration. If the task gives no
            O(integrations[].integration_type), the name has to be unique among all of them.
          - PagerTree does not say that names have to be unique. This module never creates a second integration of the
            same type and name.
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
      integration_type:
        description:
          - The integration type, by its name, such as V(Webhook), or by its id. Upper and lower case of the name only
            matter if two types differ in nothing else.
          - M(saas.integrations.pagertree_integration_type_info) lists all types.
          - The type of an existing integration cannot be changed.
        type: str
      urgency:
        description:
          - The urgency that the alerts of the integration get.
          - PagerTree does not name V(silent) everywhere in its documentation, so it may refuse it.
        type: str
        choices: [silent, low, medium, high, critical]
      enabled:
        description:
          - Whether the integration works. One that is not enabled is kept but does nothing.
          - If it is not given, a new integration gets PagerTree's default.
        type: bool
      users:
        description:
          - The users to alert, each by an e-mail address, by the name or by the id. Upper and lower case only matter if
            two users differ in nothing else.
          - The list replaces all users that the integration has. The order does not matter. An empty list clears it,
            which is refused if no other destination is left.
          - If several users have the name, the task fails and lists their ids. What looks like an id is not looked up.
        type: list
        elements: str
      routers:
        description:
          - The routers that decide whom to alert, each by the name or by the id.
          - For the rest, the same holds as for O(integrations[].users).
        type: list
        elements: str
      teams:
        description:
          - The teams to alert, each by the name or by the id.
          - For the rest, the same holds as for O(integrations[].users).
        type: list
        elements: str
      options:
        description:
          - Those settings of the integration type that may be shown, by PagerTree's name for them, without C(option_)
            before it.
          - Each is compared by itself. One that the task does not give stays as it is. An empty string clears it.
          - The values are single texts, numbers and booleans.
          - If the task gives an O(integrations[].integration_type) that this collection knows, the values are converted
            as the type needs them, and an option that it does not have is refused with a list of those that it has.
            M(saas.integrations.pagertree_integration_type_info) returns the same list. Otherwise all options are sent
            as they are, so write numbers and booleans without quotes.
          - An option that is known as a secret of any type is refused here. Put it into
            O(integrations[].secret_options).
          - PagerTree takes null for the default of an option. Leave the option out instead, as the task is changed
            every time otherwise, unless the default is empty.
        type: dict
      secret_options:
        description:
          - Those settings of the integration type that are secret, by PagerTree's name for them, without C(option_)
            before it. URLs of webhooks are among them. For the rest, the same holds as for O(integrations[].options).
          - PagerTree refuses a URL that leads to a local or private address.
          - They are masked wherever they are shown. PagerTree may not give them back, see
            O(integrations[].update_secrets).
          - A setting that PagerTree has, and that neither this collection nor O(integrations[].options) in the task
            knows as harmless, is shown masked as well.
        type: dict
author:
  - Contributors to the saas.integrations collection (@saas-integrations)
seealso:
  - module: saas.integrations.pagertree_integration
  - module: saas.integrations.pagertree_integration_info
  - module: saas.integrations.pagertree_integration_type_info
"""

EXAMPLES = r"""
# The examples take the API key from the environment. To give it once for all tasks of a play, write:
#
# - hosts: localhost
#   module_defaults:
#     group/saas.integrations.pagertree:
#       api_key: "{{ vault_pagertree_api_key }}"

- name: Have integrations of several types, and a former one removed
  saas.integrations.pagertree_integrations:
    integrations:
      - name: Monitoring
        integration_type: Webhook
        urgency: high
        teams:
          - Operations
        options:
          capture_additional_data: true
      - name: Customers
        integration_type: Email
        urgency: medium
        routers:
          - Business Hours
        options:
          dedup_threads: true
          sanitize_level: basic
      - name: Alerts channel
        integration_type: Slack
        urgency: low
        teams:
          - Operations
          - Security
        options:
          alert_open: true
          alert_resolved: true
        secret_options:
          incoming_webhook_url: "{{ vault_slack_url }}"
      - name: Tickets
        integration_type: Outgoing Webhook
        urgency: medium
        users:
          - ada.moreau@example.com
          - ben.okafor@example.com
        options:
          alert_created: true
          username: pagertree
        secret_options:
          webhook_url: "{{ vault_tickets_url }}"
          password: "{{ vault_tickets_password }}"
      - name: Hotline
        integration_type: Live Call Routing
        urgency: critical
        routers:
          - Follow the Sun
        options:
          account_sid: AC5f1c0ffee5d2b0012ab34cd64f1c0ff
          max_wait_time: 120
          record: true
        secret_options:
          api_key: "{{ vault_twilio_api_key }}"
          api_secret: "{{ vault_twilio_api_secret }}"
      - name: Former channel
        state: absent

# What an entry does not mention stays as it is.
- name: Switch one integration off, rename another, and send the alerts of a third to a router
  saas.integrations.pagertree_integrations:
    integrations:
      - name: Tickets
        enabled: false
      - name: Customers
        new_name: Customer mail
      - name: Monitoring
        routers:
          - Follow the Sun
        teams: []
  diff: true

# The settings that all have in common are given once.
- name: Take alerts from the Prometheus of every site
  saas.integrations.pagertree_integrations:
    integrations: "{{ sites | map('combine', common) }}"
    workers: 8
  vars:
    common:
      integration_type: Prometheus
      routers:
        - Follow the Sun
    sites:
      - name: Prometheus Lisbon
        urgency: high
      - name: Prometheus Oslo
        urgency: high
      - name: Prometheus laboratory
        urgency: low

- name: Have nothing but what the list says, after a look at what that removes
  vars:
    wanted:
      - name: Monitoring
        integration_type: Webhook
      - name: Customer mail
        integration_type: Email
      - name: Alerts channel
        integration_type: Slack
      - name: Hotline
        integration_type: Live Call Routing
  block:
    - name: See what would be removed
      saas.integrations.pagertree_integrations:
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
      saas.integrations.pagertree_integrations:
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
  sample: ["Customers"]
updated:
  description:
    - The names of the integrations that were changed, or would be in check mode, in the order of the input.
    - One that gets another name is listed with the new one.
  returned: success, and together with RV(errors)
  type: list
  elements: str
  sample: ["Monitoring"]
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
  sample: ["Tickets"]
integrations:
  description:
    - The integrations of the input as they are now, or as they would be in check mode, in its order. Secrets are
      masked.
    - Those that were removed are not in it, nor are those that could not be written.
  returned: success, and together with RV(errors)
  type: list
  elements: dict
  sample:
    - id: 01M847WB5X5MJ9HJA22XM6X92H
      kind: Webhook
      name: Monitoring
      integration_type: Webhook
      integration_type_id: 01GBVEPV00564Y4F7R13BAPREH
      urgency: high
      enabled: true
      users: []
      routers: []
      teams: ["01GBVEPV00KTDKH2VH8AE4M085"]
      options:
        capture_additional_data: true
        wrapper_key: null
      secret_options:
        token: "********"
      prefix_id: int_hja22xm6x92h
      created_at: "2026-11-23T13:00:16.445412Z"
      updated_at: "2026-11-23T13:00:18.489479Z"
  contains:
    id:
      description: The id. There is none yet if check mode would create the integration.
      returned: if the integration exists
      type: str
      sample: 01M847WB5X5MJ9HJA22XM6X92H
    kind:
      description: The name of the integration type, as in RV(integrations[].integration_type).
      returned: if the integration exists
      type: str
      sample: Webhook
    name:
      description: The name.
      returned: always
      type: str
      sample: Monitoring
    integration_type:
      description: The name of the integration type.
      returned: always
      type: str
      sample: Webhook
    integration_type_id:
      description: The id of the integration type.
      returned: always
      type: str
      sample: 01GBVEPV00564Y4F7R13BAPREH
    urgency:
      description: The urgency of the alerts.
      returned: always
      type: str
      sample: high
    enabled:
      description: Whether the integration works.
      returned: always, except if check mode would create the integration and the task does not give it
      type: bool
      sample: true
    users:
      description: The ids of the users who are alerted. In check mode, one that does not exist is there as in the task.
      returned: always, except if check mode would create the integration and the task does not give it
      type: list
      elements: str
      sample: []
    routers:
      description: The ids of the routers that the alerts go through.
      returned: always, except if check mode would create the integration and the task does not give it
      type: list
      elements: str
      sample: []
    teams:
      description: The ids of the teams that are alerted.
      returned: always, except if check mode would create the integration and the task does not give it
      type: list
      elements: str
      sample: ["01GBVEPV00KTDKH2VH8AE4M085"]
    options:
      description:
        - Those settings of the integration type that may be shown, named as in O(integrations[].options).
        - All of them are shown if this collection knows the type, and otherwise those that the task gives.
      returned: if there are any
      type: dict
      sample: {"capture_additional_data": true, "wrapper_key": null}
    secret_options:
      description:
        - The other settings of the integration type, named as in O(integrations[].secret_options), all of them masked.
      returned: always, except if check mode would create the integration and the task does not give it
      type: dict
      sample: {"token": "********"}
    prefix_id:
      description: The shorter id. It is also part of the addresses that the integration takes alerts at.
      returned: if PagerTree says it
      type: str
      sample: int_hja22xm6x92h
    created_at:
      description: When the integration was created.
      returned: if PagerTree says it
      type: str
      sample: "2026-11-23T13:00:16.445412Z"
    updated_at:
      description: When the integration was last changed.
      returned: if PagerTree says it
      type: str
      sample: "2026-11-23T13:00:18.489479Z"
diff:
  description:
    - All integrations that differ, before and after, without what only PagerTree sets. Secrets are masked.
    - Each is named with its name, its kind and, unless it is created, its id. One that gets another name is named with
      the new one.
  returned: in diff mode, on success and together with RV(errors)
  type: dict
  sample:
    before: {"Monitoring Webhook 01M847WB5X5MJ9HJA22XM6X92H": {"id": "01M847WB5X5MJ9HJA22XM6X92H", "kind": "Webhook",
             "name": "Monitoring", "integration_type": "Webhook", "urgency": "high"}}
    after: {"Monitoring Webhook 01M847WB5X5MJ9HJA22XM6X92H": {"id": "01M847WB5X5MJ9HJA22XM6X92H", "kind": "Webhook",
            "name": "Monitoring", "integration_type": "Webhook", "urgency": "low"},
            "Customers Email": {"kind": "Email", "name": "Customers", "integration_type": "Email", "urgency": "medium",
                                "routers": ["01GBVEPV00KTDKH2VH8AE4M085"]}}
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
    - It is empty if no call failed, but what PagerTree sent could not be right.
    - What concerns a single write is in RV(errors) instead.
  returned: on failure before the first write, if PagerTree was the reason
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
      sample: /api/v4/integrations
    status:
      description: The HTTP status of the answer. It is null if there was none.
      returned: if a call failed
      type: int
      sample: 422
    code:
      description: The number that PagerTree has for the error. It is null if it gave none.
      returned: if a call failed
      type: int
      sample: 422
    message:
      description: What PagerTree said about the error. It is null if it said nothing.
      returned: if a call failed
      type: str
      sample: "option incoming webhook url can't be blank"
    request_id:
      description: The id that PagerTree, or a proxy before it, gave the call. It is null if there was none.
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
    - name: Customers
      action: create
      msg: "PagerTree answered POST /api/v4/integrations with 422: option incoming webhook url can't be blank"
      error:
        method: POST
        path: /api/v4/integrations
        status: 422
        code: 422
        message: "option incoming webhook url can't be blank"
        request_id: 6b0d8f2a-52c7-4d0c-9c3e-0f6a1d5b7e21
  contains:
    name:
      description: The name of the integration.
      returned: always
      type: str
      sample: Customers
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
      sample: "PagerTree answered POST /api/v4/integrations with 422: option incoming webhook url can't be blank"
    error:
      description:
        - What a program may want to know about the call that failed.
        - It is empty if no call failed, but what PagerTree sent could not be right.
      returned: if PagerTree was the reason
      type: dict
      contains: *error
"""

from ..module_utils._core.task import ManageSet
from ..module_utils._services.pagertree import PagerTree

TASK = ManageSet(PagerTree)


def main() -> None:
    TASK.main()


if __name__ == "__main__":
    main()
