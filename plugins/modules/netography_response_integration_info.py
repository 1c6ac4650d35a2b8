#!/usr/bin/python

# Copyright: Contributors to the saas.integrations collection
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: netography_response_integration_info
short_description: List response integrations of Netography
version_added: "1.0.0"
description:
  - List the response integrations of Netography Fusion, all of them or those that the options select.
  - The options select together. An integration is listed if it fits all those that are given.
  - Secrets are masked. Those that Netography does not give back may be missing.
extends_documentation_fragment:
  - saas.integrations.attributes.read_only
  - saas.integrations.attributes.actiongroup_netography
  - saas.integrations.info
  - saas.integrations.netography
  - saas.integrations.connection
  - saas.integrations.connection.module
author:
  - Contributors to the saas.integrations collection (@saas-integrations)
seealso:
  - module: saas.integrations.netography_response_integration
"""

EXAMPLES = r"""
# The examples take the credentials from the environment. To give them once for all tasks of a play, write:
#
# - hosts: localhost
#   module_defaults:
#     group/saas.integrations.netography:
#       access_token: "{{ vault_netography_access_token }}"

- name: List all response integrations
  saas.integrations.netography_response_integration_info:
  register: response_integrations

- name: Show them
  ansible.builtin.debug:
    var: response_integrations.integrations

- name: List everything that is posted to Slack
  saas.integrations.netography_response_integration_info:
    kind: slack
  register: slack

- name: Look for an integration by its name
  saas.integrations.netography_response_integration_info:
    name: SOC channel
  register: soc_channel

- name: Say whether it is there
  ansible.builtin.debug:
    msg: There are integrations of this name.
  when: soc_channel.integrations | length > 0

- name: Look for an integration by its id
  saas.integrations.netography_response_integration_info:
    id: 9fdaf4f7ef842ebef74e6eca
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
    - id: 9fdaf4f7ef842ebef74e6eca
      kind: slack
      name: SOC channel
      description: First line, day and night
      type: notification
      slack:
        channel: "#soc"
        url: "********"
    - id: 2c1b6f0f3b5d4f0c8f4a9d77
      kind: email
      name: Duty manager
      description: ""
      type: notification
      email:
        recipients: ["duty@example.com"]
        cc: []
        bcc: []
  contains:
    id:
      description: The id.
      returned: always
      type: str
      sample: 9fdaf4f7ef842ebef74e6eca
    kind:
      description:
        - The adapter. Its settings are in the dictionary of the same name, which is described here with V(slack).
        - For an adapter that M(saas.integrations.netography_response_integration) has no option for it is Netography's
          word, and the settings are in the dictionary C(other), all of them masked.
      returned: always
      type: str
      sample: slack
    name:
      description: The name.
      returned: always
      type: str
      sample: SOC channel
    description:
      description: The description.
      returned: always
      type: str
      sample: First line, day and night
    type:
      description: What Netography counts the adapter among, such as V(notification), V(block), V(dns) or V(traffic).
      returned: if Netography says it
      type: str
      sample: notification
    slack:
      description: The settings of the adapter, named as in M(saas.integrations.netography_response_integration).
      returned: if RV(integrations[].kind=slack)
      type: dict
      sample: {"channel": "#soc", "url": "********"}
error:
  description:
    - What a program may want to know about the call that failed.
    - It is empty if no call failed, but what Netography sent could not be right.
  returned: on failure, if Netography was the reason
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
      sample: /api/v1/integrations/response
    status:
      description: The HTTP status of the answer. It is null if there was none.
      returned: if a call failed
      type: int
      sample: 401
    code:
      description: The name that Netography has for the error. It is null if it gave none.
      returned: if a call failed
      type: str
      sample: Unauthorized
    message:
      description: What Netography said about the error. It is null if it said nothing.
      returned: if a call failed
      type: str
      sample: "The access token is missing or invalid."
    request_id:
      description: The id that Netography, or a proxy before it, gave the call. It is null if there was none.
      returned: if a call failed
      type: str
      sample: 6b0d8f2a-52c7-4d0c-9c3e-0f6a1d5b7e21
"""

from ..module_utils._core.task import Info
from ..module_utils._services.netography import Netography

TASK = Info(Netography)


def main() -> None:
    TASK.main()


if __name__ == "__main__":
    main()
