# Copyright: Contributors to the saas.integrations collection
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run a command and write down what time and memory it took: measure.py RESULT COMMAND...

A process of its own, and a small one: for the system, a child's peak memory begins with that of its parent.
"""

from __future__ import annotations

import json
import os
import sys
import time


def main() -> int:
    result, command = sys.argv[1], sys.argv[2:]
    start = time.perf_counter()
    child = os.posix_spawn(command[0], command, os.environ)
    # The peak is that of the largest process in the tree: each one passes on the maximum of its own children.
    _child, status, usage = os.wait4(child, 0)
    seconds = time.perf_counter() - start
    unit = 1 if sys.platform == "darwin" else 1024
    cpu_seconds = usage.ru_utime + usage.ru_stime
    with open(result, "w", encoding="utf-8") as file:
        json.dump({"seconds": seconds, "cpu_seconds": cpu_seconds, "peak_bytes": usage.ru_maxrss * unit}, file)
    return os.waitstatus_to_exitcode(status) & 0xFF


if __name__ == "__main__":
    sys.exit(main())
