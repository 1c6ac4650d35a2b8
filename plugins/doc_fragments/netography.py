# Copyright: Contributors to the saas.integrations collection
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  api_url:
    description:
      - URL of the Netography API, with or without C(/api/v1) at its end.
      - If not given, the environment variable E(NETOGRAPHY_API_URL) is used.
      - If it is left at its default and O(netosecret) is in use, the URL inside the API key is used instead.
    type: str
    default: https://api.netography.com
  access_token:
    description:
      - An access token for the API, as an API key or a login is exchanged for. It expires after a while, so it suits
        short runs.
      - If not given, the environment variable E(NETOGRAPHY_ACCESS_TOKEN) is used.
      - What the task says goes before what the environment says. If both say both, O(access_token) is used.
    type: str
  netosecret:
    description:
      - An API key as the Netography portal hands it out, one long base64 text.
      - The module exchanges it for an access token by itself, and again when that expires.
      - If not given, the environment variable E(NETOSECRET) is used.
    type: str
notes:
  - The credentials are O(netosecret), or else O(access_token). One of the two has to be given, by an option or by its
    environment variable.
  - An API key that was handed out as separate fields makes a O(netosecret) as well. It is the base64 form of a JSON
    object with C(url), C(appname), C(appkey), C(shortname) and C(sharedsecret).
  - Netography lists at most 1000 integrations. A list of as many is refused, as nobody can tell whether some are
    missing.
"""

    # What an inventory plugin has on top: there, the variables are those of the controller.
    PLUGIN = r"""
options:
  api_url:
    env:
      - name: NETOGRAPHY_API_URL
  access_token:
    env:
      - name: NETOGRAPHY_ACCESS_TOKEN
  netosecret:
    env:
      - name: NETOSECRET
"""
