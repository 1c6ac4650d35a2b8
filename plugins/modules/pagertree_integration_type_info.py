#!/usr/bin/python

# Copyright: Contributors to the saas.integrations collection
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: pagertree_integration_type_info
short_description: List integration types of PagerTree
version_added: "1.0.0"
description:
  - List the types that an integration of PagerTree can have, all of them or those that the options select. Their names
    and ids are what O(saas.integrations.pagertree_integration#module:integration_type) takes.
  - The options select together. A type is listed if it fits all those that are given.
  - The names of the options of a type are not asked of PagerTree, which does not tell them. They are what this
    collection knows by itself.
extends_documentation_fragment:
  - saas.integrations.attributes.read_only
  - saas.integrations.attributes.actiongroup_pagertree
  - saas.integrations.pagertree
  - saas.integrations.connection
  - saas.integrations.connection.module
options:
  id:
    description:
      - Return only the integration type that has this id. The list is empty if there is none.
      - PagerTree is then asked for this type alone, not for all of them.
    type: str
  name:
    description:
      - Return only the integration types that have exactly this name. Upper and lower case differ.
    type: str
author:
  - Contributors to the saas.integrations collection (@saas-integrations)
seealso:
  - module: saas.integrations.pagertree_integration
  - module: saas.integrations.pagertree_integration_info
"""

EXAMPLES = r"""
# The examples take the API key from the environment. To give it once for all tasks of a play, write:
#
# - hosts: localhost
#   module_defaults:
#     group/saas.integrations.pagertree:
#       api_key: "{{ vault_pagertree_api_key }}"

- name: List all integration types
  saas.integrations.pagertree_integration_type_info:
  register: types

- name: Show their names
  ansible.builtin.debug:
    msg: "{{ types.integration_types | map(attribute='name') | sort }}"

- name: Look for the options of an integration type
  saas.integrations.pagertree_integration_type_info:
    name: Outgoing Webhook
  register: outgoing

- name: Show those that are secret
  ansible.builtin.debug:
    msg: "{{ outgoing.integration_types | map(attribute='secret_options') | flatten }}"

- name: Look for an integration type by its id
  saas.integrations.pagertree_integration_type_info:
    id: 01GBVEPV00564Y4F7R13BAPREH
  register: by_id
"""

RETURN = r"""
integration_types:
  description:
    - The integration types. The list is empty if none fits.
  returned: success
  type: list
  elements: dict
  sample:
    - id: 01GBVEPV00564Y4F7R13BAPREH
      name: Webhook
      options:
        - capture_additional_data
        - description_template
        - description_template_enabled
        - title_template
        - title_template_enabled
        - wrapper_key
      secret_options: ["token"]
    - id: 01GBVEPV008559ZWDBW8YVB89R
      name: Google Chat
      options: []
      secret_options: []
  contains:
    id:
      description: The id.
      returned: always
      type: str
      sample: 01GBVEPV00564Y4F7R13BAPREH
    name:
      description: The name.
      returned: always
      type: str
      sample: Webhook
    options:
      description:
        - The names of the options that O(saas.integrations.pagertree_integration#module:options) takes for the type.
        - If this list and RV(integration_types[].secret_options) are both empty, this collection does not know the
          type, and M(saas.integrations.pagertree_integration) takes any option.
        - The type is recognized by its name. An option of another type with a similar name may be among them, which
          PagerTree then refuses.
      returned: always
      type: list
      elements: str
      sample: ["capture_additional_data", "wrapper_key"]
    secret_options:
      description:
        - The names of the options that O(saas.integrations.pagertree_integration#module:secret_options) takes for the
          type.
      returned: always
      type: list
      elements: str
      sample: ["token"]
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
      sample: /api/v4/integration_types
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
from ..module_utils._services.pagertree import PagerTreeTypes

TASK = Info(PagerTreeTypes, "integration_types")


def main() -> None:
    TASK.main()


if __name__ == "__main__":
    main()
