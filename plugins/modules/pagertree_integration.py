#!/usr/bin/python

# Copyright: Contributors to the saas.integrations collection
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: pagertree_integration
short_description: Manage an integration of PagerTree
version_added: "1.0.0"
description:
  - Create, change, rename and remove an integration of PagerTree. It takes alerts from other programs, or it tells
    other programs and people of alerts, depending on its integration type.
  - An integration is found by its integration type and its name, or by its id. If several match, the task fails and
    lists their ids. As the O(id), both PagerTree's long id and the C(prefix_id) can be given.
  - O(name), O(integration_type), O(urgency) and at least one destination, which is one of O(users), O(routers) and
    O(teams), are needed to create an integration.
  - What the task does not give, or gives as null, stays as it is, except for a null inside O(options) or
    O(secret_options). An empty string or an empty list clears a setting.
  - An update sends only what changes.
  - PagerTree does not document whether it gives secrets back. If it does, they are compared like everything else. If it
    does not, see O(update_secrets).
  - What PagerTree's API does not take, such as automatic aggregation and automatic resolution of alerts, cannot be
    managed.
extends_documentation_fragment:
  - saas.integrations.attributes
  - saas.integrations.attributes.actiongroup_pagertree
  - saas.integrations.manage
  - saas.integrations.manage.update_secrets
  - saas.integrations.pagertree
  - saas.integrations.connection
  - saas.integrations.connection.module
attributes:
  check_mode:
    details:
      - The service is only read. RV(ignore:changed) and RV(ignore:action) are the same as in a real run.
      - A destination that does not exist is taken for one that an earlier task would have created, and the task warns
        of it. In a real run, the task fails.
  idempotent:
    details:
      - Except with O(update_secrets=always), if the task holds a secret that PagerTree does not give back.
      - Except if the task gives null for an option whose default is not empty.
options:
  name:
    description:
      - The name of the integration. Upper and lower case differ.
      - The same name with another integration type is another integration. If the task gives no O(integration_type),
        the name has to be unique among all of them.
      - PagerTree does not say that names have to be unique. This module never creates a second integration of the same
        type and name.
    type: str
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
      - The users to alert, each by an e-mail address, by the name or by the id. Upper and lower case only matter if two
        users differ in nothing else.
      - The list replaces all users that the integration has. The order does not matter. An empty list clears it, which
        is refused if no other destination is left.
      - If several users have the name, the task fails and lists their ids. What looks like an id is not looked up.
    type: list
    elements: str
  routers:
    description:
      - The routers that decide whom to alert, each by the name or by the id.
      - For the rest, the same holds as for O(users).
    type: list
    elements: str
  teams:
    description:
      - The teams to alert, each by the name or by the id.
      - For the rest, the same holds as for O(users).
    type: list
    elements: str
  options:
    description:
      - Those settings of the integration type that may be shown, by PagerTree's name for them, without C(option_)
        before it.
      - Each is compared by itself. One that the task does not give stays as it is. An empty string clears it.
      - The values are single texts, numbers and booleans.
      - If the task gives an O(integration_type) that this collection knows, the values are converted as the type needs
        them, and an option that it does not have is refused with a list of those that it has.
        M(saas.integrations.pagertree_integration_type_info) returns the same list. Otherwise all options are sent as
        they are, so write numbers and booleans without quotes.
      - An option that is known as a secret of any type is refused here. Put it into O(secret_options).
      - PagerTree takes null for the default of an option. Leave the option out instead, as the task is changed every
        time otherwise, unless the default is empty.
    type: dict
  secret_options:
    description:
      - Those settings of the integration type that are secret, by PagerTree's name for them, without C(option_) before
        it. URLs of webhooks are among them. For the rest, the same holds as for O(options).
      - PagerTree refuses a URL that leads to a local or private address.
      - They are masked wherever they are shown. PagerTree may not give them back, see O(update_secrets).
      - A setting that PagerTree has, and that neither this collection nor O(options) in the task knows as harmless, is
        shown masked as well.
    type: dict
author:
  - Contributors to the saas.integrations collection (@saas-integrations)
seealso:
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

- name: Take alerts from the monitoring system
  saas.integrations.pagertree_integration:
    name: Monitoring
    integration_type: Webhook
    urgency: high
    teams:
      - Operations
    options:
      capture_additional_data: true

# The URL is a secret. Without no_log it would be shown and logged.
- name: Get the URL that the monitoring system has to post to
  saas.integrations.pagertree_integration:
    name: Monitoring
    integration_type: Webhook
    return_secrets: true
  register: monitoring
  no_log: true

- name: Check the URL
  ansible.builtin.assert:
    that: monitoring.secrets.endpoint is match("https?://")
    quiet: true
  no_log: true

- name: Turn e-mail from customers into alerts, during business hours
  saas.integrations.pagertree_integration:
    name: Customers
    integration_type: Email
    urgency: medium
    routers:
      - Business Hours
    options:
      dedup_threads: true
      sanitize_level: basic

- name: Post alerts to Slack
  saas.integrations.pagertree_integration:
    name: Alerts channel
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

- name: Tell the ticket system of every new alert of two users
  saas.integrations.pagertree_integration:
    name: Tickets
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

- name: Let callers reach whoever is on call
  saas.integrations.pagertree_integration:
    name: Hotline
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

# All that the task does not mention stays as it is.
- name: Switch an integration off
  saas.integrations.pagertree_integration:
    name: Tickets
    enabled: false

# Each list replaces the one before. The teams would stay if they were not mentioned.
- name: Send the alerts to a router instead of a team
  saas.integrations.pagertree_integration:
    name: Monitoring
    routers:
      - Follow the Sun
    teams: []
  diff: true

# Needed if PagerTree does not give the password back, so that nobody can see whether it differs.
- name: Replace a password
  saas.integrations.pagertree_integration:
    name: Tickets
    integration_type: Outgoing Webhook
    update_secrets: always
    secret_options:
      password: "{{ vault_new_tickets_password }}"

- name: Rename an integration
  saas.integrations.pagertree_integration:
    name: Customers
    new_name: Customer mail

- name: Show what would change, without changing it
  saas.integrations.pagertree_integration:
    name: Customer mail
    integration_type: Email
    urgency: high
    options:
      allow_spam: false
      sanitize_level: restricted
  check_mode: true
  diff: true

- name: Remove an integration
  saas.integrations.pagertree_integration:
    name: Alerts channel
    integration_type: Slack
    state: absent

- name: Remove one of two integrations that have the same name
  saas.integrations.pagertree_integration:
    id: 01GDBEYARHS4W4QM6X370Z5TMB
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
    - The options that make an update necessary. Those of the integration type are named with O(options) or
      O(secret_options).
    - The list is empty if RV(action) is not V(update).
  returned: success
  type: list
  elements: str
  sample: ["urgency", "options.wrapper_key"]
integration:
  description:
    - The integration as it is now, or as it would be in check mode. Secrets are masked.
    - It is empty if there is none, as after its removal.
  returned: success
  type: dict
  sample:
    id: 01M847WB5X5MJ9HJA22XM6X92H
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
      description: The name of the integration type, as in RV(integration.integration_type).
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
        - Those settings of the integration type that may be shown, named as in O(options).
        - All of them are shown if this collection knows the type, and otherwise those that the task gives.
      returned: if there are any
      type: dict
      sample: {"capture_additional_data": true, "wrapper_key": null}
    secret_options:
      description: The other settings of the integration type, named as in O(secret_options), all of them masked.
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
  description: The integration before and after, without what only PagerTree sets. Secrets are masked.
  returned: in diff mode
  type: dict
  sample:
    before: {"id": "01M847WB5X5MJ9HJA22XM6X92H", "kind": "Webhook", "name": "Monitoring", "integration_type": "Webhook",
             "urgency": "high", "enabled": true, "users": [], "routers": [], "teams": ["01GBVEPV00KTDKH2VH8AE4M085"],
             "options": {"wrapper_key": null}, "secret_options": {"token": "********"}}
    after: {"id": "01M847WB5X5MJ9HJA22XM6X92H", "kind": "Webhook", "name": "Monitoring", "integration_type": "Webhook",
            "urgency": "low", "enabled": true, "users": [], "routers": [], "teams": ["01GBVEPV00KTDKH2VH8AE4M085"],
            "options": {"wrapper_key": null}, "secret_options": {"token": "******** (changed)"}}
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
    - The secrets of the integration that are known, not masked, and the addresses that it takes alerts at.
    - A secret that PagerTree does not give back may be missing.
  returned: if O(return_secrets=true) and there is an integration
  type: dict
  sample:
    secret_options: {"token": "kF3cXz7Qm9TgYbWp"}
    endpoint: https://api.pagertree.com/integration/int_hja22xm6x92h
    email: int_hja22xm6x92h@alerts.pagertree.com
  contains:
    secret_options:
      description: The settings that RV(integration.secret_options) masks.
      returned: if any of them is known
      type: dict
      sample: {"token": "kF3cXz7Qm9TgYbWp"}
    endpoint:
      description:
        - The URL to post alerts to, if the integration type is one that takes them. Who knows it can raise alerts.
        - It is made of O(api_url) and the C(prefix_id).
      returned: if the integration exists
      type: str
      sample: https://api.pagertree.com/integration/int_hja22xm6x92h
    email:
      description:
        - The address to send e-mail to, if the integration type is one that takes it. Who knows it can raise alerts.
        - It is made of the C(prefix_id).
      returned: if the integration exists
      type: str
      sample: int_hja22xm6x92h@alerts.pagertree.com
error:
  description:
    - What a program may want to know about the call that failed.
    - It is empty if no call failed, but what PagerTree sent could not be right.
  returned: on failure, if PagerTree was the reason
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
"""

from ..module_utils._core.task import Manage
from ..module_utils._services.pagertree import PagerTree

TASK = Manage(PagerTree)


def main() -> None:
    TASK.main()


if __name__ == "__main__":
    main()
