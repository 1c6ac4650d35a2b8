# Copyright: Contributors to the saas.integrations collection
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Integrations by number: as options of the modules, and as the services have them."""

from __future__ import annotations

from typing import Any

Pair = tuple[dict[str, Any], dict[str, Any]]

# Of the sandbox's account: the ids are the same on every start.
TYPES = {
    "Datadog": "01GBVEPV000PDGAHTN4NASB67G",
    "Email": "01GBVEPV00J5A19H1F9T4GQB7F",
    "Grafana": "01GBVEPV00WK0NJN1F5QYWS8Z9",
    "Prometheus": "01GBVEPV00S8QTE82WTQNPZ5YJ",
    "Webhook": "01GBVEPV00564Y4F7R13BAPREH",
}
TEAMS = {
    "Database": "01GBVEPV00T72VX03DT4JYZ3ZR",
    "Network": "01GBVEPV00A765FPTHB2RFD26Z",
    "Operations": "01GBVEPV00KTDKH2VH8AE4M085",
}


def netography(number: int) -> Pair:
    common = {"name": f"Collector {number:03}", "description": f"Receives the events of site {number}"}
    config = {
        "host": f"192.0.2.{number % 250 + 1}:514",
        "facility": f"LOG_LOCAL{number % 8}",
        "protocol": "udp",
        "tag": "netography.events",
        "output": "CEF",
    }
    return {**common, "syslog": config}, {**common, "adapter": "syslog", "config": config}


def confluent(number: int) -> Pair:
    name, description = f"Team {number:03}", f"Hears of the clusters of site {number}"
    webhook = {"url": f"https://hooks.example.com/confluent/{number}"}
    return (
        {"name": name, "description": description, "webhook": webhook},
        {"display_name": name, "description": description, "target": {"kind": "Webhook", **webhook}},
    )


def rocketchat(number: int) -> Pair:
    common = {"name": f"Channel {number:03}", "enabled": True}
    settings = {"username": "rocket.cat", "alias": f"Site {number}", "emoji": ":rocket:"}
    return (
        {**common, "incoming": {**settings, "channels": ["#general"]}},
        {**common, **settings, "type": "webhook-incoming", "channel": ["#general"], "token": f"{number:048}"},
    )


def pagertree(number: int) -> Pair:
    kind, team = list(TYPES)[number % len(TYPES)], list(TEAMS)[number % len(TEAMS)]
    urgency = ("low", "medium", "high", "critical")[number % 4]
    common = {"name": f"Monitor {number:05}", "urgency": urgency, "enabled": bool(number % 7)}
    return (
        {**common, "integration_type": kind, "teams": [team]},
        {
            **common,
            "integration_type_id": TYPES[kind],
            "team_ids": [TEAMS[team]],
            # What the service would set: inventories of the same list are to be the same.
            "id": f"{number:026}",
            "created_at": f"2026-01-01T00:00:00.{number:06}Z",
            "updated_at": f"2026-01-01T00:00:00.{number:06}Z",
        },
    )


SERVICES = {"netography": netography, "confluent": confluent, "rocketchat": rocketchat, "pagertree": pagertree}
