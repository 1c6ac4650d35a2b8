# Copyright: Contributors to the saas.integrations collection
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    # What the modules that manage a set of integrations share. List it before the fragment attributes: the details of
    # the first one count.
    DOCUMENTATION = r"""
attributes:
  check_mode:
    details:
      - The service is only read. RV(ignore:changed), RV(created), RV(updated), RV(deleted) and RV(unchanged) are the
        same as in a real run in which no write fails.
options:
  purge:
    description:
      - Whether to remove the integrations that the service has and O(integrations) does not list. An empty list removes
        them all.
      - An integration is listed if it is the one that an entry means, as with the module that manages a single one.
      - Integrations that the service keeps for itself, or that this module cannot manage, are never removed.
      - In check mode, RV(deleted) lists what would be removed.
    type: bool
    default: false
  purge_limit:
    description:
      - How many integrations O(purge) may remove. If there are more to remove, the task fails and nothing is written.
      - Integrations that an entry wants to be V(absent) do not count.
    type: int
    default: 10
  workers:
    description:
      - How many integrations may be written at the same time, from 1 to 16. The threads that do it share their
        connections to the service.
      - More of them are of no use once the service limits the rate of calls.
    type: int
    default: 4
notes:
  - On a C(local) connection, the module runs inside Ansible's own worker process where nothing in the task speaks
    against it, unless the variable C(saas_integrations_in_process) is V(false).
"""
