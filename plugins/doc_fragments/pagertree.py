# Copyright: Contributors to the saas.integrations collection
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  api_url:
    description:
      - URL of the PagerTree API, with or without C(/api/v4) at its end.
      - If not given, the environment variable E(PAGERTREE_BASE_URL) is used.
    type: str
    default: https://api.pagertree.com
  api_key:
    description:
      - An API key from the user settings of PagerTree. What it is used for counts as done by its user.
      - If not given, the environment variable E(PAGERTREE_API_KEY) is used. One of
        the two is needed.
    type: str
"""

    # What an inventory plugin has on top: there, the variables are those of the controller.
    PLUGIN = r"""
options:
  api_url:
    env:
      - name: PAGERTREE_BASE_URL
  api_key:
    env:
      - name: PAGERTREE_API_KEY
"""
