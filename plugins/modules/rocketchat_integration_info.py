#!/usr/bin/python

# Copyright: Contributors to the saas.integrations collection
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
"""

EXAMPLES = r"""
"""

RETURN = r"""
"""

from ..module_utils._core.task import Info
from ..module_utils._services.rocketchat import RocketChat

TASK = Info(RocketChat)


def main() -> None:
    TASK.main()


if __name__ == "__main__":
    main()
