# Copyright: Contributors to the saas.integrations collection
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Converge again and again while a fifth of all requests meet a fault. Needs git and Python; it installs the rest."""

from __future__ import annotations

import argparse
import os
import random

import toolbox
from toolbox import COLLECTION, LOGS, STAGE, run


def main() -> None:
    parser = argparse.ArgumentParser(description="Converge again and again while a fifth of all requests meet a fault.")
    parser.add_argument("--seed", type=int, default=random.randrange(1_000_000), help="asks for the same once more")
    parser.add_argument("--converges", type=int, default=2000)
    parser.add_argument("--limit", type=int, default=900, help="seconds that it may take")
    options = parser.parse_args()
    log = LOGS / "soak.log"
    with toolbox.command(log, "The soak failed"):
        needed = ["ansible-core>=2.18", toolbox.TESTS, toolbox.SANDBOX, toolbox.RUN_TIME]
        venv = toolbox.make_venv("soak-venv", needed, log)
        toolbox.stage()
        with toolbox.sandbox(venv, log) as (url, variables):
            tests = STAGE / COLLECTION / "tests"
            paths = os.pathsep.join(map(str, (STAGE, tests)))
            env = {**toolbox.environment(venv), **variables, "PYTHONPATH": paths}
            words = [f"--{name}={value}" for name, value in vars(options).items()]
            run([venv / "bin" / "python", "-B", tests / "soak_run.py", url, *words], env=env, cwd=toolbox.BUILD)


if __name__ == "__main__":
    main()
