# Copyright: Contributors to the saas.integrations collection
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Build the documentation site into .build/docs/html. A warning is an error; only pip needs the network."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import toolbox
from toolbox import BUILD, LOGS, ROOT, run

REQUIREMENTS = ["ansible-core>=2.18", "antsibull-docs==2.28.0", "sphinx==9.0.4", "sphinx-ansible-theme==0.10.4"]

SITE = BUILD / "docs"
# Pictures have addresses that hold wherever a guide is read. In the site, they lie beside the guides.
PICTURES = "https://raw.githubusercontent.com/saas-integrations/saas.integrations/main/docs/"


def build(log: Path) -> Path:
    """Build the site from the staged collection; returns its front page."""
    venv = toolbox.make_venv("docs-venv", REQUIREMENTS, log)
    shutil.rmtree(SITE, ignore_errors=True)
    source = SITE / "rst"
    # antsibull-docs refuses a folder that others can write to.
    os.makedirs(source, mode=0o755)
    env = toolbox.environment(venv)
    # The front page says where each page belongs: see docsite/conf.py.
    settings = ["--use-current", "--fail-on-error", "--no-breadcrumbs", "--dest-dir", source]
    run([venv / "bin" / "antsibull-docs", "collection", *settings, "saas.integrations"], log, env=env)
    guides = source / "collections" / "saas" / "integrations" / "docsite"
    for guide in guides.glob("*.rst"):
        guide.write_text(guide.read_text(encoding="utf-8").replace(PICTURES, ""), encoding="utf-8")
    shutil.copy(ROOT / "docs" / "benchmarks.svg", guides)
    shutil.copytree(ROOT / "docs" / "docsite" / "images", guides / "docsite" / "images")
    html = SITE / "html"
    settings = ["-c", ROOT / "tests" / "docsite", "-q", "-W", "--keep-going"]
    run([venv / "bin" / "python", "-B", "-m", "sphinx", "-b", "html", *settings, source, html], log, env=env)
    return html / "index.html"


def main() -> None:
    log = LOGS / "docs.log"
    with toolbox.command(log, "The site could not be built"):
        toolbox.stage()
        print(build(log))


if __name__ == "__main__":
    main()
