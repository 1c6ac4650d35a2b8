#!/usr/bin/python

# Copyright: Contributors to the saas.integrations collection
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: netography_response_integrations
short_description: Manage a set of response integrations of Netography
version_added: "1.0.0"
description:
  - Bring many response integrations of Netography Fusion to the desired state with one task, and remove those that are
    not wanted, if asked to.
  - Each entry of O(integrations) is what M(saas.integrations.netography_response_integration) takes for one
    integration, and has the same effect. Its documentation tells how an integration is found, compared and changed.
  - All is planned before the first write. If one entry cannot be right, if two entries mean the same integration, or if
    O(purge) would remove too many, the task fails and nothing is written.
  - First the removals are made, then the changes, then the creations, each with as many threads as O(workers) says.
  - If a write fails, the others are made all the same. The task fails then, and returns RV(errors) beside what was
    done. When it is run again, it does what is left. A test that the service refuses, see
    O(integrations[].send_test), counts as a write that fails.
  - Netography replaces the whole integration with every update. An update needs the secrets that Netography does not
    give back, so keep them in the list.
extends_documentation_fragment:
  - saas.integrations.manage_set
  - saas.integrations.attributes
  - saas.integrations.attributes.actiongroup_netography
  - saas.integrations.netography
  - saas.integrations.connection
  - saas.integrations.connection.module
attributes:
  idempotent:
    details:
      - Except with O(integrations[].update_secrets=always), if the entry holds a secret that Netography does not give
        back.
options:
  integrations:
    description:
      - The integrations, each with the options that M(saas.integrations.netography_response_integration) has for it.
      - Two entries that mean the same integration are refused.
      - To read secrets, use O(saas.integrations.netography_response_integration#module:return_secrets).
    type: list
    elements: dict
    required: true
    suboptions:
      name:
        description:
          - The name of the integration. Upper and lower case differ.
          - The same name on another adapter is another integration. If the task gives no adapter, the name has to be
            unique among all of them.
          - Netography does not say whether names have to be unique. This module never creates a second integration with
            the same adapter and name.
        type: str
      id:
        description:
          - The id of the integration, as the service gave it. Use it where the name does not say which integration is
            meant.
          - With it, O(integrations[].name) is not what the integration is found by but the name that it is to have.
          - The task fails if there is no integration with this id, unless it is to be V(absent). To create one, leave
            the id out.
          - Either this or O(integrations[].name) is needed.
        type: str
      new_name:
        description:
          - The name that the integration is to have from now on. O(integrations[].name) is the one that it had before.
          - The task can be run again. An integration that already has the new name is left as it is.
          - If there is none with either name, one with the new name is created. If both names exist, the task fails.
          - It does not go with O(integrations[].state=absent).
        type: str
      state:
        description:
          - V(present) creates the integration or brings it to what the task says.
          - V(absent) removes it. The options that describe it have no effect then, apart from those that it is found
            by.
        type: str
        choices: [present, absent]
        default: present
      update_secrets:
        description:
          - When to write the secrets that the service does not give back. They cannot be compared, so that nobody knows
            whether they would change.
          - V(on_create) writes them when the integration is created. A new value of such a secret does not by itself
            make the task change an integration that exists.
          - V(always) writes them every time. A task that holds such a secret is then always changed.
          - A secret that the service does give back is compared like any other option, whatever is set here.
          - The task warns if it holds a secret and cannot tell whether the integration has one at all.
        type: str
        choices: [on_create, always]
        default: on_create
      send_test:
        description:
          - Whether the service is to send its own test with the new settings, before the integration is created or
            changed.
          - If the service refuses the test, the task fails and nothing is written. That a test was accepted does not
            prove that it arrived.
          - No test is sent if there is nothing to change, if the integration is removed, and in check mode.
        type: bool
        default: false
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
              - What is never acted on. Each entry is an address, a network in CIDR notation, or the name of an allow
                list in Netography.
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
              - It is masked wherever it is shown. Netography may not give it back, see
                O(integrations[].update_secrets).
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
              - The order does not matter. An empty list clears it. If it is not given, a new integration gets an empty
                one.
            type: list
            elements: str
          bcc:
            description:
              - The addresses to send a blind copy to.
              - The order does not matter. An empty list clears it. If it is not given, a new integration gets an empty
                one.
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
              - It is masked wherever it is shown. Netography may not give it back, see
                O(integrations[].update_secrets).
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
              - It is masked wherever it is shown. Netography may not give it back, see
                O(integrations[].update_secrets).
            type: str
            required: true
          integrationkey:
            description:
              - The integration key of the PagerDuty service to alert.
              - It is a secret, masked wherever it is shown. Netography may not give it back, see
                O(integrations[].update_secrets).
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
              - It is masked wherever it is shown. Netography may not give it back, see
                O(integrations[].update_secrets).
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
        description:
          - Have the routers drop the traffic of an address, as a black hole that is triggered remotely over BGP.
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
              - It is a secret, masked wherever it is shown. Netography may not give it back, see
                O(integrations[].update_secrets).
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
              - V(CEE) sends the event as JSON, V(CEF) in the Common Event Format of ArcSight, V(DEFAULT) only its
                summary.
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
              - It is a secret, masked wherever it is shown. Netography may not give it back, see
                O(integrations[].update_secrets).
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
              - It is a secret, masked wherever it is shown. Netography may not give it back, see
                O(integrations[].update_secrets).
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
                back, see O(integrations[].update_secrets).
            type: str
            required: true
          authusername:
            description: The user for HTTP Basic authentication. An empty string clears it.
            type: str
          authpassword:
            description:
              - The password for HTTP Basic authentication. An empty string clears it.
              - It is masked wherever it is shown. Netography may not give it back, see
                O(integrations[].update_secrets).
            type: str
          contenttype:
            description: The content type of the request, such as V(application/json). An empty string clears it.
            type: str
          headers:
            description:
              - Further headers of the request, by name. They are compared, and replaced, as a whole. An empty
                dictionary clears them.
              - All their values are secrets, masked wherever they are shown. Netography may not give them back, see
                O(integrations[].update_secrets).
            type: dict
          skipsslverification:
            description: Whether Netography skips the check of the receiver's TLS certificate and host name.
            type: bool
      other:
        description:
          - An integration of an adapter that Netography has and this module has no option for.
          - A key of O(integrations[].other.config) or O(integrations[].other.secret_config) that the task does not give
            stays as it is.
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
              - Those settings of the adapter that may be shown, by Netography's name for them. Each is compared by
                itself.
              - Do not put a secret here, it would be shown.
            type: dict
          secret_config:
            description:
              - Those settings of the adapter that are secret, by Netography's name for them. Each is compared by
                itself.
              - They are masked wherever they are shown. Netography may not give them back, see
                O(integrations[].update_secrets).
              - A setting that Netography has and the task does not list in O(integrations[].other.config) is shown
                masked as well.
            type: dict
author:
  - Contributors to the saas.integrations collection (@saas-integrations)
seealso:
  - module: saas.integrations.netography_response_integration
  - module: saas.integrations.netography_response_integration_info
"""

EXAMPLES = r"""
# The examples take the credentials from the environment. To give them once for all tasks of a play, write:
#
# - hosts: localhost
#   module_defaults:
#     group/saas.integrations.netography:
#       access_token: "{{ vault_netography_access_token }}"

- name: Have notifications, logs and blocks as they are to be
  saas.integrations.netography_response_integrations:
    integrations:
      - name: SOC channel
        description: First line, day and night
        slack:
          url: "{{ vault_slack_url }}"
          channel: "#soc"
      - name: Log collector
        syslog:
          host: 192.0.2.10:514
          facility: LOG_LOCAL0
          protocol: udp
          tag: netography.events
          output: CEF
      - name: Attackers
        blocklist:
          factors:
            - srcip
          expiration: 3600
          max: 1000
          whitelist:
            - 192.0.2.0/24
            - 2001:db8::/32
      - name: Former channel
        state: absent

# What an entry does not mention stays as it is.
- name: Describe one integration, rename another, and test a third before it is created
  saas.integrations.netography_response_integrations:
    integrations:
      - name: Log collector
        description: Kept for 90 days
      - name: SOC channel
        new_name: Security channel
        slack:
          url: "{{ vault_slack_url }}"
          channel: "#soc"
      - name: Operations
        send_test: true
        teams:
          url: "{{ vault_teams_url }}"
          short: true
  diff: true

# Up to 8 are written at the same time. The settings that all have in common are given once.
- name: Have events sent to the log collector of every site
  saas.integrations.netography_response_integrations:
    integrations: "{{ sites | map('combine', common, recursive=true) }}"
    workers: 8
  vars:
    common:
      description: Managed by Ansible
      syslog:
        facility: LOG_LOCAL0
        protocol: tcp
        tag: netography.events
        output: CEE
    sites:
      - name: Log collector Lisbon
        syslog:
          host: 192.0.2.20:514
      - name: Log collector Oslo
        syslog:
          host: 192.0.2.30:514
      - name: Log collector Riga
        syslog:
          host: 192.0.2.40:514

- name: Have nothing but what the list says, after a look at what that removes
  vars:
    wanted:
      - name: Security channel
        slack:
          url: "{{ vault_slack_url }}"
          channel: "#soc"
      - name: Attackers
        blocklist:
          factors:
            - srcip
          expiration: 3600
          max: 1000
  block:
    - name: See what would be removed
      saas.integrations.netography_response_integrations:
        integrations: "{{ wanted }}"
        purge: true
      check_mode: true
      diff: true
      register: plan

    - name: Show it
      ansible.builtin.debug:
        var: plan.deleted

    # The task fails and removes nothing if there is more to remove than expected.
    - name: Remove it
      saas.integrations.netography_response_integrations:
        integrations: "{{ wanted }}"
        purge: true
        purge_limit: 5

- name: Have one integration of each adapter that has an option
  saas.integrations.netography_response_integrations:
    integrations:
      - name: Announced routes
        bgp:
          community: "65000:666"
          expiration: 900
          factors:
            - srcip
          max: 200
          neighbors:
            - edge-1
          nexthop: 192.0.2.1
      - name: Blocklist
        blocklist:
          expiration: 3600
          factors:
            - srcip
          max: 1000
      - name: Endpoints
        crowdstrike:
          client_id: 5f1c0ffee5d2b0012ab34cd64f1c0ffe
          client_secret: "{{ vault_crowdstrike_client_secret }}"
          expiration: 3600
          factors:
            - srcip
          max: 100
          url: https://api.crowdstrike.com
      - name: Mail
        email:
          recipients:
            - soc@example.com
          cc:
            - noc@example.com
      - name: Filters
        flowspec:
          expiration: 900
          factors:
            - srcip
            - dstport
          max: 100
          neighbors:
            - edge-1
      - name: Filters of our own
        flowspec_custom:
          expiration: 900
          factors:
            - dstip
          max: 100
          neighbors:
            - edge-1
          rule: match destination DSTIP then discard
      - name: Failover
        ns1:
          apikey: "{{ vault_ns1_api_key }}"
          domain: www.example.com
          link: standby.example.com
          type: A
          zone: example.com
      - name: On call
        pagerduty:
          apikey: "{{ vault_pagerduty_api_key }}"
          integrationkey: "{{ vault_pagerduty_integration_key }}"
          severity: critical
      - name: Failover at AWS
        route53:
          accesskeyid: AKIAIOSFODNN7EXAMPLE
          secretaccesskey: "{{ vault_aws_secret_access_key }}"
          hostedzoneid: Z0123456789ABCDEFGHIJ
          name: www.example.com
          type: A
          aliastarget:
            dnsname: standby.example.com
            hostedzoneid: Z0123456789ABCDEFGHIJ
          evaluatetargethealth: true
      - name: Black hole
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
      - name: Slack
        slack:
          url: "{{ vault_slack_url }}"
          channel: "#netops"
      - name: Syslog
        syslog:
          host: 192.0.2.10:514
          facility: LOG_LOCAL1
          protocol: udp
          tag: netography.blocks
          output: DEFAULT
      - name: Teams
        teams:
          url: "{{ vault_teams_url }}"
      - name: Text message
        twilio:
          accountsid: AC5f1c0ffee5d2b0012ab34cd64f1c0ff
          authtoken: "{{ vault_twilio_auth_token }}"
          messagingservicesid: MG5f1c0ffee5d2b0012ab34cd64f1c0ff
          to:
            number: "+15005550006"
            region: US
      - name: Automation
        webhook:
          url: "{{ vault_automation_url }}"
          contenttype: application/json
          headers:
            Authorization: Bearer {{ vault_automation_token }}
"""

RETURN = r"""
created:
  description: The names of the integrations that were created, or would be in check mode, in the order of the input.
  returned: success, and together with RV(errors)
  type: list
  elements: str
  sample: ["SOC channel"]
updated:
  description:
    - The names of the integrations that were changed, or would be in check mode, in the order of the input.
    - One that gets another name is listed with the new one.
  returned: success, and together with RV(errors)
  type: list
  elements: str
  sample: ["Log collector"]
deleted:
  description:
    - The names of the integrations that were removed, or would be in check mode.
    - Those of entries with O(integrations[].state=absent) come first, in the order of the input, and then those that
      O(purge) removes, in the order of their names.
  returned: success, and together with RV(errors)
  type: list
  elements: str
  sample: ["Black hole"]
unchanged:
  description: The names of the integrations that already are as the input says, in its order.
  returned: success, and together with RV(errors)
  type: list
  elements: str
  sample: ["Attackers"]
integrations:
  description:
    - The integrations of the input as they are now, or as they would be in check mode, in its order. Secrets are
      masked.
    - Those that were removed are not in it, nor are those that could not be written.
    - A secret that Netography does not give back may be missing.
  returned: success, and together with RV(errors)
  type: list
  elements: dict
  sample:
    - id: 9fdaf4f7ef842ebef74e6eca
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
      description: The settings of the adapter, named as the suboptions of O(integrations[].slack).
      returned: if RV(integrations[].kind=slack)
      type: dict
      sample: {"channel": "#soc", "url": "********"}
diff:
  description:
    - All integrations that differ, before and after, without what only Netography sets. Secrets are masked.
    - Each is named with its name, its kind and, unless it is created, its id. One that gets another name is named with
      the new one.
  returned: in diff mode, on success and together with RV(errors)
  type: dict
  sample:
    before: {"Log collector syslog 9fdaf4f7ef842ebef74e6eca": {"id": "9fdaf4f7ef842ebef74e6eca", "kind": "syslog",
             "name": "Log collector", "description": ""}}
    after: {"Log collector syslog 9fdaf4f7ef842ebef74e6eca": {"id": "9fdaf4f7ef842ebef74e6eca", "kind": "syslog",
            "name": "Log collector", "description": "Kept for 90 days"},
            "SOC channel slack": {"kind": "slack", "name": "SOC channel",
                                  "slack": {"channel": "#soc", "url": "********"}}}
  contains:
    before:
      description: The integrations before. One that was created is not in it.
      returned: always
      type: dict
    after:
      description: The integrations after. One that was removed is not in it.
      returned: always
      type: dict
error:
  description:
    - What a program may want to know about the call that failed.
    - It is empty if no call failed, but what Netography sent could not be right.
    - What concerns a single write is in RV(errors) instead.
  returned: on failure before the first write, if Netography was the reason
  type: dict
  contains: &error
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
errors:
  description:
    - What could not be written, and why. The rest was written.
  returned: on failure, if everything could be planned
  type: list
  elements: dict
  sample:
    - name: SOC channel
      action: create
      msg: "Netography answered POST /api/v1/integrations/response with 400: The name is already in use."
      error:
        method: POST
        path: /api/v1/integrations/response
        status: 400
        code: Bad Request
        message: "The name is already in use."
        request_id: 6b0d8f2a-52c7-4d0c-9c3e-0f6a1d5b7e21
  contains:
    name:
      description: The name of the integration.
      returned: always
      type: str
      sample: SOC channel
    action:
      description:
        - What was to be done.
        - One of V(create), V(update) and V(delete).
      returned: always
      type: str
      sample: create
    msg:
      description: What went wrong, in a sentence.
      returned: always
      type: str
      sample: "Netography answered POST /api/v1/integrations/response with 400: The name is already in use."
    error:
      description:
        - What a program may want to know about the call that failed.
        - It is empty if no call failed, but what Netography sent could not be right.
      returned: if Netography was the reason
      type: dict
      contains: *error
"""

from ..module_utils._core.task import ManageSet
from ..module_utils._services.netography import Netography

TASK = ManageSet(Netography)


def main() -> None:
    TASK.main()


if __name__ == "__main__":
    main()
