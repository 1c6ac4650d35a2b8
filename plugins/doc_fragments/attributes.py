# Copyright: Contributors to the saas.integrations collection
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    # What the modules that change something can do.
    DOCUMENTATION = r"""
attributes:
  check_mode:
    description: Can run in C(check_mode) and return what would change without changing it.
    support: full
    details:
      - The service is only read. RV(ignore:changed) and RV(ignore:action) are the same as in a real run.
  diff_mode:
    description: Returns details on what has changed, or would change in C(check_mode), in diff mode.
    support: full
    details:
      - Secrets are masked. One that changes is marked as changed.
  idempotent:
    description: When run twice in a row with the same arguments, the second run does not change anything.
    support: full
  platform:
    description: Target operating systems on which the module can run.
    support: full
    platforms: posix
"""

    # What the modules that only read can do. A name of its own: attributes.info would be taken for the file info.py.
    READ_ONLY = r"""
attributes:
  check_mode:
    description: Can run in C(check_mode) and return what would change without changing it.
    support: full
    details:
      - This module does not change anything.
  diff_mode:
    description: Returns details on what has changed, or would change in C(check_mode), in diff mode.
    support: N/A
    details:
      - This module does not change anything.
  idempotent:
    description: When run twice in a row with the same arguments, the second run does not change anything.
    support: full
    details:
      - This module does not change anything.
  platform:
    description: Target operating systems on which the module can run.
    support: full
    platforms: posix
"""

    ACTIONGROUP_CONFLUENT = r"""
attributes:
  action_group:
    description: Options can be set for all modules of the group at once, with C(module_defaults).
    support: full
    membership:
      - saas.integrations.confluent
      - saas.integrations.all
"""

    ACTIONGROUP_NETOGRAPHY = r"""
attributes:
  action_group:
    description: Options can be set for all modules of the group at once, with C(module_defaults).
    support: full
    membership:
      - saas.integrations.netography
      - saas.integrations.all
"""

    ACTIONGROUP_PAGERTREE = r"""
attributes:
  action_group:
    description: Options can be set for all modules of the group at once, with C(module_defaults).
    support: full
    membership:
      - saas.integrations.pagertree
      - saas.integrations.all
"""

    ACTIONGROUP_ROCKETCHAT = r"""
attributes:
  action_group:
    description: Options can be set for all modules of the group at once, with C(module_defaults).
    support: full
    membership:
      - saas.integrations.rocketchat
      - saas.integrations.all
"""
