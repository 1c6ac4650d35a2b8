# Copyright: Contributors to the saas.integrations collection
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  api_url:
    description:
      - URL of the Rocket.Chat workspace, such as V(https://chat.example.com). It may have a path, and C(/api/v1) at its
        end makes no difference.
      - If not given, the environment variable E(ROCKETCHAT_URL) is used. One of the
        two is needed.
    type: str
    required: true
  auth_token:
    description:
      - A personal access token, or the token that a login returns.
      - Create the personal access token with two-factor authentication ignored if the account uses that.
      - If not given, the environment variable E(ROCKETCHAT_AUTH_TOKEN) is used. One
        of the two is needed.
    type: str
  user_id:
    description:
      - The id of the user whom O(auth_token) belongs to. It is not the user's name. Rocket.Chat shows it together with
        the token.
      - If not given, the environment variable E(ROCKETCHAT_USER_ID) is used. One of
        the two is needed.
    type: str
notes:
  - The account needs the permissions C(manage-incoming-integrations) and C(manage-outgoing-integrations). With
    C(manage-own-incoming-integrations) and C(manage-own-outgoing-integrations) it sees, and can manage, only the
    integrations that it created itself. An integration of the same name that another account created stays unseen.
  - Rocket.Chat allows most accounts ten calls a minute for each kind of call. The module waits as long as it is told
    to, within O(max_wait). The permission C(api-bypass-rate-limit) lifts the limit.
"""

    # What an inventory plugin has on top: there, the variables are those of the controller.
    PLUGIN = r"""
options:
  api_url:
    env:
      - name: ROCKETCHAT_URL
  auth_token:
    env:
      - name: ROCKETCHAT_AUTH_TOKEN
  user_id:
    env:
      - name: ROCKETCHAT_USER_ID
"""
