# Copyright: Contributors to the saas.integrations collection
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From Ansible's values to Python's. PRIVATE to the collection."""

from __future__ import annotations

import datetime
import json
from typing import Any


def plain(value: Any) -> Any:
    """The same value in the types of JSON, as a module gets it.

    Those of the template engine carry data about their origin, which costs time; YAML has more than JSON.
    """
    if isinstance(value, dict):
        return {_key(plain(key)): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    for kind in (str, bool, int, float):
        if isinstance(value, kind):
            return str.__str__(value) if kind is str else kind(value)
    if value is None:
        return value
    return value.isoformat() if isinstance(value, datetime.date) else str(value)


def _key(key: Any) -> str:
    return key if isinstance(key, str) else json.dumps(key)
