#!/usr/bin/python

# Copyright: Contributors to the saas.integrations collection
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: netography_response_integration
short_description: Manage a response integration of Netography
version_added: "1.0.0"
description:
  - Create, change, rename and remove a response integration of Netography Fusion. That is where Netography sends a
    notification, or has traffic blocked, when it detects something.
  - An integration is found by its adapter and its name, or by its id. If several match, the task fails and lists their
    ids.
  - The adapter is the kind of the integration. Give at most one of the options O(bgp), O(blocklist), O(crowdstrike),
    O(email), O(flowspec), O(flowspec_custom), O(ns1), O(pagerduty), O(route53), O(rtbh), O(slack), O(syslog), O(teams),
    O(twilio), O(webhook) and O(other). They exclude each other. One is needed to create an integration and to change
    its settings. Without one, a task can rename, describe and remove an integration.
  - What the task does not give, or gives as null, stays as it is. An empty string or an empty list clears a setting.
    For Netography, a setting that is missing, empty or false is the same.
  - Netography replaces the whole integration with every update. The module reads it first and sends back what the task
    does not mention. Settings that Netography shows but does not document are left out, and the task warns of that.
  - Netography does not document what becomes of the response policies that use an integration which is removed.
  - A secret that Netography does not give back cannot be sent back either, so that an update needs it in the task.
    Without it, the task fails and changes nothing if Netography shows that the secret is set, or demands it. If nobody
    can tell whether an optional secret is set, the update leaves it unset, and the task warns of that.
  - Netography does not document which secrets it gives back, so this may concern every option that is called a secret
    here. Keep them in the task. They are part of every update then, whatever O(update_secrets) says.
extends_documentation_fragment:
  - saas.integrations.attributes
  - saas.integrations.attributes.actiongroup_netography
  - saas.integrations.manage
  - saas.integrations.manage.update_secrets
  - saas.integrations.manage.send_test
  - saas.integrations.netography
  - saas.integrations.connection
  - saas.integrations.connection.module
attributes:
  idempotent:
    details:
      - Except with O(update_secrets=always), if the task holds a secret that Netography does not give back.
options:
  name:
    description:
      - The name of the integration. Upper and lower case differ.
      - The same name on another adapter is another integration. If the task gives no adapter, the name has to be unique
        among all of them.
      - Netography does not say whether names have to be unique. This module never creates a second integration with the
        same adapter and name.
    type: str
  description:
    description:
      - A text for the people who use the Netography portal. An empty string clears it.
      - If it is not given, a new integration gets an empty one.
    type: str
  bgp:
    description:
      - Have the addresses of an event announced over BGP, with a community and a next hop of your choice.
      - The adapter of an existing integration cannot be changed. This holds for all adapters.
    type: dict
    suboptions:
      expiration: &expiration
        description: Seconds until an entry expires.
        type: int
        required: true
      community: &community
        description: The BGP community to announce with, such as V(65000:666).
        type: str
        required: true
      factors: &factors
        description:
          - The fields of an event whose values the entries are made of, such as V(srcip).
          - The order does not matter.
        type: list
        elements: str
        required: true
      max: &max
        description: The largest number of entries that may be in force at a time.
        type: int
        required: true
      neighbors: &neighbors
        description:
          - The BGP neighbors to announce to, as they are configured in Netography.
          - The order does not matter.
        type: list
        elements: str
        required: true
      nexthop: &nexthop
        description: The address to announce as the next hop.
        type: str
        required: true
      whitelist: &whitelist
        description:
          - What is never acted on. Each entry is an address, a network in CIDR notation, or the name of an allow list
            in Netography.
          - The order does not matter. An empty list clears it.
        type: list
        elements: str
  blocklist:
    description: Have the addresses of an event put on a blocklist.
    type: dict
    suboptions:
      expiration: *expiration
      factors: *factors
      max: *max
      whitelist: *whitelist
  crowdstrike:
    description: Have the addresses of an event handed to CrowdStrike.
    type: dict
    suboptions:
      expiration: *expiration
      factors: *factors
      max: *max
      url:
        description: Base URL of the CrowdStrike API that your CrowdStrike account uses, with C(http) or C(https).
        type: str
        required: true
      client_id:
        description: The id of the CrowdStrike API client.
        type: str
        required: true
      client_secret:
        description:
          - The secret of the CrowdStrike API client.
          - It is masked wherever it is shown. Netography may not give it back, see O(update_secrets).
        type: str
        required: true
  email:
    description: Have notifications sent by e-mail.
    type: dict
    suboptions:
      recipients:
        description:
          - The addresses to send to.
          - The order does not matter.
        type: list
        elements: str
        required: true
      cc:
        description:
          - The addresses to send a copy to.
          - The order does not matter. An empty list clears it. If it is not given, a new integration gets an empty one.
        type: list
        elements: str
      bcc:
        description:
          - The addresses to send a blind copy to.
          - The order does not matter. An empty list clears it. If it is not given, a new integration gets an empty one.
        type: list
        elements: str
  flowspec:
    description: Have rules against the traffic of an event announced with BGP Flowspec.
    type: dict
    suboptions:
      expiration: *expiration
      factors: *factors
      max: *max
      neighbors: *neighbors
      whitelist: *whitelist
  flowspec_custom:
    description: Have rules that you write yourself announced with BGP Flowspec.
    type: dict
    suboptions:
      expiration: *expiration
      factors: *factors
      max: *max
      neighbors: *neighbors
      whitelist: *whitelist
      rule:
        description: The rule in Netography's Flowspec language, such as C(match destination DSTIP then discard).
        type: str
        required: true
  ns1:
    description: Have a DNS record changed at NS1.
    type: dict
    suboptions:
      apikey:
        description:
          - An API key of NS1.
          - It is masked wherever it is shown. Netography may not give it back, see O(update_secrets).
        type: str
        required: true
      domain:
        description: The domain name of the record, such as V(www.example.com).
        type: str
        required: true
      link:
        description: The record that the record is linked to.
        type: str
        required: true
      type:
        description: The type of the record, such as V(A).
        type: str
        required: true
      zone:
        description: The zone that the record is in, such as V(example.com).
        type: str
        required: true
  pagerduty:
    description: Have PagerDuty alerted.
    type: dict
    suboptions:
      apikey:
        description:
          - An API key of PagerDuty.
          - It is masked wherever it is shown. Netography may not give it back, see O(update_secrets).
        type: str
        required: true
      integrationkey:
        description:
          - The integration key of the PagerDuty service to alert.
          - It is a secret, masked wherever it is shown. Netography may not give it back, see O(update_secrets).
        type: str
        required: true
      severity:
        description: The severity that the alerts get, such as V(critical).
        type: str
        required: true
  route53:
    description: Have a DNS record changed in Amazon Route 53.
    type: dict
    suboptions:
      accesskeyid:
        description: The id of an AWS access key that may change the record.
        type: str
        required: true
      secretaccesskey:
        description:
          - The secret part of the AWS access key.
          - It is masked wherever it is shown. Netography may not give it back, see O(update_secrets).
        type: str
        required: true
      hostedzoneid:
        description: The id of the hosted zone that the record is in.
        type: str
        required: true
      name:
        description: The name of the record.
        type: str
        required: true
      type:
        description: The type of the record, such as V(A).
        type: str
        required: true
      aliastarget:
        description:
          - What the record is an alias of. Netography passes it on and does not document its members.
          - The dictionary is compared, and replaced, as a whole.
        type: dict
        required: true
      evaluatetargethealth:
        description: Whether Route 53 answers with the target only while it is healthy.
        type: bool
        required: true
  rtbh:
    description: Have the routers drop the traffic of an address, as a black hole that is triggered remotely over BGP.
    type: dict
    suboptions:
      expiration: *expiration
      community: *community
      factors: *factors
      max: *max
      neighbors: *neighbors
      nexthop: *nexthop
      whitelist: *whitelist
  slack:
    description: Have notifications posted to Slack.
    type: dict
    suboptions:
      url:
        description:
          - The URL of an incoming webhook of Slack, with C(http) or C(https). Who knows it can post.
          - It is a secret, masked wherever it is shown. Netography may not give it back, see O(update_secrets).
        type: str
        required: true
      channel:
        description: The channel to post to, such as V(#soc).
        type: str
        required: true
  syslog:
    description: Have events sent to a syslog server.
    type: dict
    suboptions:
      host:
        description: The server and its port, such as V(192.0.2.10:514). The port is needed.
        type: str
        required: true
      facility:
        description: The syslog facility. V(LOG_LOCAL0) suits most servers.
        type: str
        choices:
          - LOG_KERN
          - LOG_USER
          - LOG_MAIL
          - LOG_DAEMON
          - LOG_AUTH
          - LOG_SYSLOG
          - LOG_LPR
          - LOG_NEWS
          - LOG_UUCP
          - LOG_CRON
          - LOG_AUTHPRIV
          - LOG_FTP
          - LOG_LOCAL0
          - LOG_LOCAL1
          - LOG_LOCAL2
          - LOG_LOCAL3
          - LOG_LOCAL4
          - LOG_LOCAL5
          - LOG_LOCAL6
          - LOG_LOCAL7
        required: true
      protocol:
        description: The protocol to send with.
        type: str
        choices: [udp, tcp]
        required: true
      tag:
        description: The tag of the messages, in parts that are separated by dots, such as V(netography.events).
        type: str
        required: true
      output:
        description:
          - The format of the messages.
          - V(CEE) sends the event as JSON, V(CEF) in the Common Event Format of ArcSight, V(DEFAULT) only its summary.
        type: str
        choices: [CEE, CEF, DEFAULT]
        required: true
  teams:
    description: Have notifications posted to Microsoft Teams.
    type: dict
    suboptions:
      url:
        description:
          - The URL of an incoming webhook of Microsoft Teams, with C(http) or C(https). Who knows it can post.
          - It is a secret, masked wherever it is shown. Netography may not give it back, see O(update_secrets).
        type: str
        required: true
      short:
        description: Whether the notifications are kept short.
        type: bool
  twilio:
    description: Have notifications sent as text messages with Twilio.
    type: dict
    suboptions:
      accountsid:
        description: The SID of the Twilio account.
        type: str
        required: true
      authtoken:
        description:
          - The auth token of the Twilio account.
          - It is a secret, masked wherever it is shown. Netography may not give it back, see O(update_secrets).
        type: str
        required: true
      messagingservicesid:
        description: The SID of the Twilio messaging service to send with.
        type: str
        required: true
      to:
        description: Whom to send to. It is one number, not a list.
        type: dict
        required: true
        suboptions:
          number:
            description: The phone number. Write it in quotes.
            type: str
          region:
            description: The region that the number belongs to, such as V(US).
            type: str
  webhook:
    description: Have events sent to a URL.
    type: dict
    suboptions:
      url:
        description:
          - The URL to send to, with C(http) or C(https).
          - It is a secret, masked wherever it is shown, as such URLs often hold a token. Netography may not give it
            back, see O(update_secrets).
        type: str
        required: true
      authusername:
        description: The user for HTTP Basic authentication. An empty string clears it.
        type: str
      authpassword:
        description:
          - The password for HTTP Basic authentication. An empty string clears it.
          - It is masked wherever it is shown. Netography may not give it back, see O(update_secrets).
        type: str
      contenttype:
        description: The content type of the request, such as V(application/json). An empty string clears it.
        type: str
      headers:
        description:
          - Further headers of the request, by name. They are compared, and replaced, as a whole. An empty dictionary
            clears them.
          - All their values are secrets, masked wherever they are shown. Netography may not give them back, see
            O(update_secrets).
        type: dict
      skipsslverification:
        description: Whether Netography skips the check of the receiver's TLS certificate and host name.
        type: bool
  other:
    description:
      - An integration of an adapter that Netography has and this module has no option for.
      - A key of O(other.config) or O(other.secret_config) that the task does not give stays as it is.
    type: dict
    suboptions:
      adapter:
        description:
          - Netography's word for the adapter.
          - An adapter that has an option of its own here is refused.
        type: str
        required: true
      config:
        description:
          - Those settings of the adapter that may be shown, by Netography's name for them. Each is compared by itself.
          - Do not put a secret here, it would be shown.
        type: dict
      secret_config:
        description:
          - Those settings of the adapter that are secret, by Netography's name for them. Each is compared by itself.
          - They are masked wherever they are shown. Netography may not give them back, see O(update_secrets).
          - A setting that Netography has and the task does not list in O(other.config) is shown masked as well.
        type: dict
author:
  - Contributors to the saas.integrations collection (@saas-integrations)
seealso:
  - module: saas.integrations.netography_response_integration_info
"""

EXAMPLES = r"""
# The examples take the credentials from the environment. To give them once for all tasks of a play, write:
#
# - hosts: localhost
#   module_defaults:
#     group/saas.integrations.netography:
#       access_token: "{{ vault_netography_access_token }}"

- name: Have notifications posted to the channel of the security team
  saas.integrations.netography_response_integration:
    name: SOC channel
    description: First line, day and night
    slack:
      url: "{{ vault_slack_url }}"
      channel: "#soc"

- name: Have events sent to the log collector
  saas.integrations.netography_response_integration:
    name: Log collector
    syslog:
      host: 192.0.2.10:514
      facility: LOG_LOCAL0
      protocol: udp
      tag: netography.events
      output: CEF

- name: Block the sources of attacks for an hour, but never our own
  saas.integrations.netography_response_integration:
    name: Attackers
    blocklist:
      factors:
        - srcip
      expiration: 3600
      max: 1000
      whitelist:
        - 192.0.2.0/24
        - 2001:db8::/32

- name: Drop the traffic of attackers at the edge routers
  saas.integrations.netography_response_integration:
    name: Black hole
    rtbh:
      community: "65000:666"
      expiration: 900
      factors:
        - srcip
      max: 200
      neighbors:
        - edge-1
        - edge-2
      nexthop: 192.0.2.1

# Nothing is written if Netography refuses the test.
- name: Alert the engineer on call, after a test
  saas.integrations.netography_response_integration:
    name: On call
    send_test: true
    pagerduty:
      apikey: "{{ vault_pagerduty_api_key }}"
      integrationkey: "{{ vault_pagerduty_integration_key }}"
      severity: critical

- name: Have events sent to the automation platform
  saas.integrations.netography_response_integration:
    name: Automation
    webhook:
      url: "{{ vault_automation_url }}"
      contenttype: application/json
      headers:
        Authorization: Bearer {{ vault_automation_token }}

# All that the task does not mention stays as it is.
- name: Describe the log collector
  saas.integrations.netography_response_integration:
    name: Log collector
    description: Kept for 90 days

- name: Clear the list of what is never blocked
  saas.integrations.netography_response_integration:
    name: Attackers
    blocklist:
      factors:
        - srcip
      expiration: 3600
      max: 1000
      whitelist: []

# Needed if Netography does not give the URL back, so that nobody can see whether it differs.
- name: Replace the URL of the webhook
  saas.integrations.netography_response_integration:
    name: SOC channel
    update_secrets: always
    slack:
      url: "{{ vault_new_slack_url }}"
      channel: "#soc"

- name: Rename an integration
  saas.integrations.netography_response_integration:
    name: SOC channel
    new_name: Security channel
    slack:
      url: "{{ vault_new_slack_url }}"
      channel: "#soc"

# Without check_mode, the integration is created.
- name: Show what would be created for an adapter that has no option of its own
  saas.integrations.netography_response_integration:
    name: Tickets
    other:
      adapter: ticketing
      config:
        project: SEC
      secret_config:
        apikey: "{{ vault_ticketing_api_key }}"
  check_mode: true
  diff: true

# Only secrets that Netography gives back can be returned.
- name: Read the secrets of an integration
  saas.integrations.netography_response_integration:
    name: On call
    return_secrets: true
  register: on_call
  no_log: true

- name: Remove an integration
  saas.integrations.netography_response_integration:
    name: Black hole
    state: absent

- name: Remove one of two integrations that have the same name
  saas.integrations.netography_response_integration:
    id: 5d1f7c0c9a3e4b2f8d6e1a07
    state: absent
"""

RETURN = r"""
action:
  description:
    - What was done, or would be done in check mode.
    - One of V(none), V(create), V(update) and V(delete).
  returned: success
  type: str
  sample: update
changes:
  description:
    - The options that make an update necessary. Those of an adapter are named with it.
    - The list is empty if RV(action) is not V(update).
  returned: success
  type: list
  elements: str
  sample: ["description", "slack.url"]
integration:
  description:
    - The integration as it is now, or as it would be in check mode. Secrets are masked.
    - It is empty if there is none, as after its removal.
    - A secret that Netography does not give back may be missing.
  returned: success
  type: dict
  sample:
    id: 9fdaf4f7ef842ebef74e6eca
    kind: slack
    name: SOC channel
    description: First line, day and night
    type: notification
    slack:
      channel: "#soc"
      url: "********"
  contains:
    id:
      description: The id. There is none yet if check mode would create the integration.
      returned: if the integration exists
      type: str
      sample: 9fdaf4f7ef842ebef74e6eca
    kind:
      description:
        - The adapter. Its settings are in the dictionary of the same name, which is described here with V(slack).
        - For an adapter that has no option of its own it is Netography's word, and the settings are in the dictionary
          C(other).
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
      returned: always, except if check mode would create the integration without one
      type: str
      sample: First line, day and night
    type:
      description: What Netography counts the adapter among, such as V(notification), V(block), V(dns) or V(traffic).
      returned: if Netography says it
      type: str
      sample: notification
    slack:
      description: The settings of the adapter, named as the suboptions of O(slack).
      returned: if RV(integration.kind=slack)
      type: dict
      sample: {"channel": "#soc", "url": "********"}
diff:
  description: The integration before and after, without what only Netography sets. Secrets are masked.
  returned: in diff mode
  type: dict
  sample:
    before: {"id": "9fdaf4f7ef842ebef74e6eca", "kind": "slack", "name": "SOC channel", "description": "",
             "slack": {"channel": "#soc", "url": "********"}}
    after: {"id": "9fdaf4f7ef842ebef74e6eca", "kind": "slack", "name": "SOC channel", "description": "First line",
            "slack": {"channel": "#soc", "url": "******** (changed)"}}
  contains:
    before:
      description: The integration before. It is empty if there was none.
      returned: always
      type: dict
    after:
      description: The integration after. It is empty if there is none any more.
      returned: always
      type: dict
secrets:
  description:
    - The secrets of the integration that are known, by the name of their option, not masked.
    - A secret that Netography does not give back is missing.
  returned: if O(return_secrets=true) and there is an integration
  type: dict
  sample: {"url": "https://hooks.example.com/services/T0/B0/abc"}
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
      sample: POST
    path:
      description: The path of the call.
      returned: if a call failed
      type: str
      sample: /api/v1/integrations/response
    status:
      description: The HTTP status of the answer. It is null if there was none.
      returned: if a call failed
      type: int
      sample: 400
    code:
      description: The name that Netography has for the error. It is null if it gave none.
      returned: if a call failed
      type: str
      sample: Bad Request
    message:
      description: What Netography said about the error. It is null if it said nothing.
      returned: if a call failed
      type: str
      sample: "The name is already in use."
    request_id:
      description: The id that Netography, or a proxy before it, gave the call. It is null if there was none.
      returned: if a call failed
      type: str
      sample: 6b0d8f2a-52c7-4d0c-9c3e-0f6a1d5b7e21
"""

from ..module_utils._core.task import Manage
from ..module_utils._services.netography import Netography

TASK = Manage(Netography)


def main() -> None:
    TASK.main()


if __name__ == "__main__":
    main()
