# Copyright: Contributors to the saas.integrations collection
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    # What the modules that list integrations share.
    DOCUMENTATION = r"""
options:
  id:
    description:
      - Return only the integration that has this id. The list is empty if there is none.
      - The service is then asked for this integration alone, not for all of them.
    type: str
  name:
    description:
      - Return only the integrations that have exactly this name. Upper and lower case differ.
    type: str
  kind:
    description:
      - Return only the integrations of this kind, as RV(integrations[].kind) names it.
    type: str
"""

    # For services whose integrations can be switched off.
    ENABLED = r"""
options:
  enabled:
    description:
      - Return only the integrations that are enabled, or only those that are not.
    type: bool
"""
