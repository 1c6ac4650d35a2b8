# Copyright: Contributors to the saas.integrations collection
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The programs of the virtual environment that the tests run in, and the collection that they see."""

from __future__ import annotations

import importlib
import subprocess
import sys
from pathlib import Path
from typing import Any

BIN = Path(sys.executable).parent
COLLECTION = Path(importlib.import_module("ansible_collections.saas.integrations").__path__[0])
PATIENCE = 300  # seconds


def execute(program: str, *arguments: str | Path, status: int = 0, **options: Any) -> subprocess.CompletedProcess[str]:
    """Run a program to its end, which has to be this one; what it says of errors is in its output.

    :param options: of subprocess.run; with ``stderr=PIPE`` the output is kept free of errors.
    """
    options = {"stderr": subprocess.STDOUT, "timeout": PATIENCE, **options}
    command = [BIN / program, *arguments]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, check=False, **options)
    assert done.returncode == status, done.stdout + (done.stderr or "")
    return done
