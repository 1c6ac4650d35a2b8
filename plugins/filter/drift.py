# Copyright: Contributors to the saas.integrations collection
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: drift
short_description: Tell how services differ from what is described
version_added: "1.0.0"
description:
  - Turns results of the modules that manage a set of integrations into a list of all that differs, field by field.
  - It is what the role P(saas.integrations.drift#role) reports.
positional: _input
options:
  _input:
    description:
      - The result for each service, by a name of your choice, as registered by a task with C(check_mode=true),
        C(diff=true) and O(saas.integrations.netography_response_integrations#module:purge=true).
      - The result of a task that was skipped is left out.
    type: dict
    required: true
author:
  - Contributors to the saas.integrations collection (@saas-integrations)
seealso:
  - module: saas.integrations.confluent_notification_integrations
  - module: saas.integrations.netography_response_integrations
  - module: saas.integrations.pagertree_integrations
  - module: saas.integrations.rocketchat_integrations
"""

EXAMPLES = r"""
- name: Compare what PagerTree has with what is described
  saas.integrations.pagertree_integrations:
    integrations: "{{ pagertree_integrations }}"
    purge: true
    purge_limit: 1000000
  check_mode: true
  diff: true
  register: result

- name: Show what differs
  ansible.builtin.debug:
    msg: "{{ {'pagertree': result} | saas.integrations.drift }}"
"""

RETURN = r"""
_value:
  description:
    - How each service differs from what is described. Secrets are masked.
  type: dict
  contains:
    drift:
      description:
        - V(false) only if every service was compared and is as described.
      type: bool
    services:
      description:
        - Each service, by the name that it has in the input.
      type: dict
      contains:
        error:
          description:
            - Why the service could not be compared. It is null if it was.
          type: str
        counts:
          description:
            - How many integrations are in each of the lists.
          type: dict
        warnings:
          description:
            - What the task warned about, such as a secret that could not be compared.
          type: list
          elements: str
        missing:
          description:
            - The integrations that are described and do not exist, each with C(name), C(kind), C(id) and C(fields).
            - Each of the fields has a dotted name, C(field), and its value C(before) and C(after) the service is
              brought to what is described. Null stands for a field that is not set.
          type: list
          elements: dict
        changed:
          description:
            - The integrations that exist and differ from what is described, as above. Only fields that differ are
              listed.
          type: list
          elements: dict
        unknown:
          description:
            - The integrations that exist and are not described, or are described as absent, as above.
          type: list
          elements: dict
        unchanged:
          description:
            - The integrations that are as described, each with C(name), C(kind) and C(id).
          type: list
          elements: dict
"""

from collections.abc import Iterator
from typing import Any

IDENTITY = ("name", "kind", "id")


def drift(results: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """How services differ from what is described."""
    services = {name: compare(result) for name, result in results.items() if not result.get("skipped")}
    differs = any(one["error"] or one["missing"] or one["changed"] or one["unknown"] for one in services.values())
    return {"drift": differs, "services": services}


def compare(result: dict[str, Any]) -> dict[str, Any]:
    """How one service differs, from what a set module says that it would do."""
    diff = result.get("diff") or {"before": {}, "after": {}}
    before, after = diff["before"], diff["after"]
    differing = {view.get("id") for view in (*before.values(), *after.values())}
    found: dict[str, list[dict[str, Any]]] = {
        "missing": [one_sided(view, "after") for label, view in after.items() if label not in before],
        "changed": [changed(before[label], view) for label, view in after.items() if label in before],
        "unknown": [one_sided(view, "before") for label, view in before.items() if label not in after],
        # One that is described as absent, and is, has no view.
        "unchanged": [identity(view) for view in result.get("integrations", ()) if view.get("id") not in differing],
    }
    return {
        "error": result["msg"] if result.get("failed") else None,
        "counts": {state: len(entries) for state, entries in found.items()},
        "warnings": [*result.get("warnings", ())],
        **found,
    }


def identity(view: dict[str, Any]) -> dict[str, Any]:
    return {name: view.get(name) for name in IDENTITY}


def one_sided(view: dict[str, Any], side: str) -> dict[str, Any]:
    rest = {name: value for name, value in view.items() if name not in IDENTITY}
    fields = [{"field": name, "before": None, "after": None, side: value} for name, value in flat(rest)]
    return {**identity(view), "fields": fields}


def changed(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    have, want = dict(flat(before)), dict(flat(after))
    fields = [{"field": name, "before": have.get(name), "after": want.get(name)} for name in {**have, **want}]
    return {**identity(after), "fields": [field for field in fields if field["before"] != field["after"]]}


def flat(value: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """The fields of a view by dotted names."""
    for name, item in value.items():
        if isinstance(item, dict):
            yield from flat(item, prefix + name + ".")
        else:
            # Not formatted: with ansible-core 2.18, only a sum stays marked as text that is no template.
            yield prefix + name, item


class FilterModule:
    def filters(self) -> dict[str, Any]:
        return {"drift": drift}
