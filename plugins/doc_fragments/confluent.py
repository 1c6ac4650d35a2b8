# Copyright: Contributors to the saas.integrations collection
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  api_url:
    description:
      - URL of the Confluent Cloud API.
      - If not given, the environment variable E(CONFLUENT_CLOUD_API_URL) is used.
    type: str
    default: https://api.confluent.cloud
  api_key:
    description:
      - The key of a Cloud API key. The key of a Kafka cluster or of another resource does not do.
      - If not given, the environment variable E(CONFLUENT_CLOUD_API_KEY) is used.
    type: str
  api_secret:
    description:
      - The secret of O(api_key).
      - If not given, the environment variable E(CONFLUENT_CLOUD_API_SECRET) is used.
    type: str
  access_token:
    description:
      - An access token of Confluent Cloud's Security Token Service. It expires after a while, so it suits short runs.
      - If not given, the environment variable E(CONFLUENT_CLOUD_ACCESS_TOKEN) is used.
    type: str
notes:
  - The credentials are O(api_key) and O(api_secret), or else O(access_token). They have to be given, by options or by
    their environment variables. What an option gives goes before what the environment gives. If both kinds are given
    in the same way, O(api_key) is used.
  - Creating, changing and removing an integration takes the role C(OrganizationAdmin).
  - How many integrations an organization may have is limited by Confluent Cloud's service quota
    C(integrations_per_org).
"""

    # What an inventory plugin has on top: there, the variables are those of the controller.
    PLUGIN = r"""
options:
  api_url:
    env:
      - name: CONFLUENT_CLOUD_API_URL
  api_key:
    env:
      - name: CONFLUENT_CLOUD_API_KEY
  api_secret:
    env:
      - name: CONFLUENT_CLOUD_API_SECRET
  access_token:
    env:
      - name: CONFLUENT_CLOUD_ACCESS_TOKEN
"""
