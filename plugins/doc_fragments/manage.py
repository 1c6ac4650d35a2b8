# Copyright: Contributors to the saas.integrations collection
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    # What the modules that manage one integration share.
    DOCUMENTATION = r"""
options:
  id:
    description:
      - The id of the integration, as the service gave it. Use it where the name does not say which integration is
        meant.
      - With it, O(name) is not what the integration is found by but the name that it is to have.
      - The task fails if there is no integration with this id, unless it is to be V(absent). To create one, leave the
        id out.
      - Either this or O(name) is needed.
    type: str
  new_name:
    description:
      - The name that the integration is to have from now on. O(name) is the one that it had before.
      - The task can be run again. An integration that already has the new name is left as it is.
      - If there is none with either name, one with the new name is created. If both names exist, the task fails.
      - It does not go with O(state=absent).
    type: str
  state:
    description:
      - V(present) creates the integration or brings it to what the task says.
      - V(absent) removes it. The options that describe it have no effect then, apart from those that it is found by.
    type: str
    choices: [present, absent]
    default: present
  return_secrets:
    description:
      - Whether to return the integration's secrets in RV(secrets). Everywhere else they are masked.
      - Put C(no_log=true) on the task, as the secrets would be shown and logged otherwise.
    type: bool
    default: false
"""

    # For services that may keep secrets to themselves.
    UPDATE_SECRETS = r"""
options:
  update_secrets:
    description:
      - When to write the secrets that the service does not give back. They cannot be compared, so that nobody knows
        whether they would change.
      - V(on_create) writes them when the integration is created. A new value of such a secret does not by itself make
        the task change an integration that exists.
      - V(always) writes them every time. A task that holds such a secret is then always changed.
      - A secret that the service does give back is compared like any other option, whatever is set here.
      - The task warns if it holds a secret and cannot tell whether the integration has one at all.
    type: str
    choices: [on_create, always]
    default: on_create
"""

    # For services that can send a test.
    SEND_TEST = r"""
options:
  send_test:
    description:
      - Whether the service is to send its own test with the new settings, before the integration is created or changed.
      - If the service refuses the test, the task fails and nothing is written. That a test was accepted does not prove
        that it arrived.
      - No test is sent if there is nothing to change, if the integration is removed, and in check mode.
    type: bool
    default: false
"""
