#!/usr/bin/python

# Copyright: Contributors to the saas.integrations collection
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: pagertree_integration_info
short_description: List integrations of PagerTree
version_added: "1.0.0"
description:
  - List the integrations of a PagerTree account, all of them or those that the options select.
  - The options select together. An integration is listed if it fits all those that are given.
  - As the O(id), both PagerTree's long id and the C(prefix_id) can be given. For a C(prefix_id), all integrations are
    asked for.
  - The kind of an integration is the name of its integration type.
  - Secrets are masked. To read one, use O(saas.integrations.pagertree_integration#module:return_secrets).
extends_documentation_fragment:
  - saas.integrations.attributes.read_only
  - saas.integrations.attributes.actiongroup_pagertree
  - saas.integrations.info
  - saas.integrations.info.enabled
  - saas.integrations.pagertree
  - saas.integrations.connection
  - saas.integrations.connection.module
author:
  - Contributors to the saas.integrations collection (@saas-integrations)
seealso:
  - module: saas.integrations.pagertree_integration
  - module: saas.integrations.pagertree_integration_type_info
"""

EXAMPLES = r"""
# The examples take the API key from the environment. To give it once for all tasks of a play, write:
#
# - hosts: localhost
#   module_defaults:
#     group/saas.integrations.pagertree:
#       api_key: "{{ vault_pagertree_api_key }}"

- name: List all integrations
  saas.integrations.pagertree_integration_info:
  register: account

- name: Show the names of those that alert users directly
  ansible.builtin.debug:
    msg: "{{ account.integrations | selectattr('users') | map(attribute='name') }}"

- name: List the webhooks that are switched off
  saas.integrations.pagertree_integration_info:
    kind: Webhook
    enabled: false
  register: switched_off

- name: Look for an integration by its name
  saas.integrations.pagertree_integration_info:
    name: Monitoring
  register: monitoring

- name: Look for an integration by its id
  saas.integrations.pagertree_integration_info:
    id: 01GDBEYARHS4W4QM6X370Z5TMB
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
    - id: 01M847WE434HXZA2G4TZMMZ5K4
      kind: Email
      name: Customers
      integration_type: Email
      integration_type_id: 01GBVEPV00J5A19H1F9T4GQB7F
      urgency: medium
      enabled: true
      users: []
      routers: ["01GBVEPV00P2B8V7S0XJ5D3QKC"]
      teams: []
      options:
        allow_spam: false
        dedup_threads: true
        sanitize_level: basic
      secret_options: {}
      prefix_id: int_a2g4tzmmz5k4
      created_at: "2026-11-23T13:00:19.459195Z"
      updated_at: "2026-11-23T13:00:19.858381Z"
  contains:
    id:
      description: The id.
      returned: always
      type: str
      sample: 01M847WB5X5MJ9HJA22XM6X92H
    kind:
      description: The name of the integration type, as in RV(integrations[].integration_type).
      returned: always
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
      returned: always
      type: bool
      sample: true
    users:
      description: The ids of the users who are alerted.
      returned: always
      type: list
      elements: str
      sample: []
    routers:
      description: The ids of the routers that the alerts go through.
      returned: always
      type: list
      elements: str
      sample: []
    teams:
      description: The ids of the teams that are alerted.
      returned: always
      type: list
      elements: str
      sample: ["01GBVEPV00KTDKH2VH8AE4M085"]
    options:
      description:
        - Those settings of the integration type that may be shown, by PagerTree's name for them.
        - There are none if this collection does not know the type, as nobody can tell then which may be shown.
      returned: if there are any
      type: dict
      sample: {"capture_additional_data": true, "wrapper_key": null}
    secret_options:
      description: The other settings of the integration type, by PagerTree's name for them, all of them masked.
      returned: always
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
      sample: GET
    path:
      description: The path of the call.
      returned: if a call failed
      type: str
      sample: /api/v4/integrations
    status:
      description: The HTTP status of the answer. It is null if there was none.
      returned: if a call failed
      type: int
      sample: 401
    code:
      description: The number that PagerTree has for the error. It is null if it gave none.
      returned: if a call failed
      type: int
      sample: 401
    message:
      description: What PagerTree said about the error. It is null if it said nothing.
      returned: if a call failed
      type: str
      sample: "The API key is missing or invalid."
    request_id:
      description: The id that PagerTree, or a proxy before it, gave the call. It is null if there was none.
      returned: if a call failed
      type: str
      sample: 6b0d8f2a-52c7-4d0c-9c3e-0f6a1d5b7e21
"""

from ..module_utils._core.task import Info
from ..module_utils._services.pagertree import PagerTree

TASK = Info(PagerTree)


def main() -> None:
    TASK.main()


if __name__ == "__main__":
    main()
