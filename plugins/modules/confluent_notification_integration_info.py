#!/usr/bin/python

# Copyright: Contributors to the saas.integrations collection
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: confluent_notification_integration_info
short_description: List notification integrations of Confluent Cloud
version_added: "1.0.0"
description:
  - List the notification integrations of a Confluent Cloud organization, all of them or those that the options select.
  - The options select together. An integration is listed if it fits all those that are given.
  - Integrations of built-in kinds are listed too, which M(saas.integrations.confluent_notification_integration) cannot
    manage.
  - Secrets are masked. To read one, use O(saas.integrations.confluent_notification_integration#module:return_secrets).
extends_documentation_fragment:
  - saas.integrations.attributes.read_only
  - saas.integrations.attributes.actiongroup_confluent
  - saas.integrations.info
  - saas.integrations.confluent
  - saas.integrations.connection
  - saas.integrations.connection.module
author:
  - Contributors to the saas.integrations collection (@saas-integrations)
seealso:
  - module: saas.integrations.confluent_notification_integration
"""

EXAMPLES = r"""
# The examples take the credentials from the environment. To give them once for all tasks of a play, write:
#
# - hosts: localhost
#   module_defaults:
#     group/saas.integrations.confluent:
#       api_key: "{{ vault_confluent_api_key }}"
#       api_secret: "{{ vault_confluent_api_secret }}"

- name: List all notification integrations
  saas.integrations.confluent_notification_integration_info:
  register: organization

- name: Show those that can be managed
  ansible.builtin.debug:
    msg: "{{ organization.integrations | selectattr('kind', 'in', ['slack', 'webhook', 'ms_teams']) }}"

- name: List everything that is posted to Slack
  saas.integrations.confluent_notification_integration_info:
    kind: slack
  register: slack

- name: Look for an integration by its name
  saas.integrations.confluent_notification_integration_info:
    name: Platform channel
  register: platform_channel

- name: Say whether it is there
  ansible.builtin.debug:
    msg: There are integrations of this name.
  when: platform_channel.integrations | length > 0

- name: Look for an integration by its id
  saas.integrations.confluent_notification_integration_info:
    id: int-2302c15c6d
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
    - id: int-role-email
      kind: role_email
      name: Organization admins
      resource_name: crn://confluent.cloud/organization=6a1c2f0e-5d0b-4a57-9a63-2f6f6d1f0b57/integration=int-role-email
      created_at: "2024-01-02T03:04:05.000000Z"
      updated_at: "2024-01-02T03:04:05.000000Z"
      role_email:
        role_name: OrganizationAdmin
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
      description: The id.
      returned: always
      type: str
      sample: int-2302c15c6d
    kind:
      description:
        - One of V(slack), V(webhook) and V(ms_teams), or one of the built-in kinds V(role_email), V(user_email) and
          V(in_app). The settings of the kind are in the dictionary of the same name.
        - For a kind that this module does not know it is Confluent Cloud's word, and the settings are not shown.
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
      description:
        - The settings, named as the suboptions of
          O(saas.integrations.confluent_notification_integration#module:slack).
      returned: if RV(integrations[].kind=slack)
      type: dict
      sample: {"webhook_url": "********"}
    webhook:
      description:
        - The settings, named as the suboptions of
          O(saas.integrations.confluent_notification_integration#module:webhook).
      returned: if RV(integrations[].kind=webhook)
      type: dict
      sample: {"url": "********"}
    ms_teams:
      description:
        - The settings, named as the suboptions of
          O(saas.integrations.confluent_notification_integration#module:ms_teams).
      returned: if RV(integrations[].kind=ms_teams)
      type: dict
      sample: {"webhook_url": "********"}
    role_email:
      description: Whom the e-mail goes to, all users who have the role C(role_name).
      returned: if RV(integrations[].kind=role_email)
      type: dict
      sample: {"role_name": "OrganizationAdmin"}
    user_email:
      description:
        - Whom the e-mail goes to. Confluent Cloud shows the C(user) as a dictionary with an C(id), and showed only a
          text before.
      returned: if RV(integrations[].kind=user_email)
      type: dict
      sample: {"user": {"id": "u-1234ab", "related": "https://api.confluent.cloud/iam/v2/users/u-1234ab"}}
    in_app:
      description: Who sees the notifications in the console. The C(user) is shown as for V(user_email).
      returned: if RV(integrations[].kind=in_app)
      type: dict
      sample: {"user": {"id": "u-1234ab", "related": "https://api.confluent.cloud/iam/v2/users/u-1234ab"}}
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
      sample: GET
    path:
      description: The path of the call.
      returned: if a call failed
      type: str
      sample: /notifications/v1/integrations
    status:
      description: The HTTP status of the answer. It is null if there was none.
      returned: if a call failed
      type: int
      sample: 401
    code:
      description: The name that Confluent Cloud has for the error. It is null if it gave none.
      returned: if a call failed
      type: str
      sample: user_unauthenticated
    message:
      description: What Confluent Cloud said about the error. It is null if it said nothing.
      returned: if a call failed
      type: str
      sample: "The credentials are missing or invalid."
    request_id:
      description: The id that Confluent Cloud, or a proxy before it, gave the call. It is null if there was none.
      returned: if a call failed
      type: str
      sample: 6b0d8f2a-52c7-4d0c-9c3e-0f6a1d5b7e21
"""

from ..module_utils._core.task import Info
from ..module_utils._services.confluent import Confluent

TASK = Info(Confluent)


def main() -> None:
    TASK.main()


if __name__ == "__main__":
    main()
