# Copyright: Contributors to the saas.integrations collection
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Install the collection as a user would, start the sandbox, run playbooks/demo.yml against it, list what there is."""

from __future__ import annotations

import time
from pathlib import Path

import toolbox
from toolbox import BUILD, LOGS, RUN_TIME, SANDBOX, run

DEMO = BUILD / "demo"
REPORT = DEMO / "drift"

CLOSING = """
What you saw, on a sandbox that plays the services on this machine:
  1. the integrations of all services made from their description, by the role bootstrap;
  2. the same again: nothing changed;
  3. a change announced with --check --diff, secrets masked, nothing sent; then the same change made;
  4. the integrations read back, and a report of what differs from the description, by the role drift;
  5. the integrations of all services as one inventory.

The same playbook against the real services: install the collection, set their variables, run it.
  Netography    NETOGRAPHY_ACCESS_TOKEN, or NETOSECRET
  Confluent     CONFLUENT_CLOUD_API_KEY, CONFLUENT_CLOUD_API_SECRET
  Rocket.Chat   ROCKETCHAT_URL, ROCKETCHAT_AUTH_TOKEN, ROCKETCHAT_USER_ID
  PagerTree     PAGERTREE_API_KEY; DEMO_PAGERTREE_TEAM, the name of one of your teams
  $ ansible-playbook saas.integrations.demo
"""


def demo(log: Path) -> None:
    step("Installing ansible-core and the sandbox's requirements into .build/")
    venv = toolbox.make_venv("demo-venv", ["ansible-core>=2.18", RUN_TIME, SANDBOX], log)

    step("Building the collection, installing the artifact")
    artifact = toolbox.build_artifact(venv, BUILD / "demo-artifact", log)
    env = toolbox.install_artifact(venv, artifact, DEMO, log)

    with toolbox.sandbox(venv, log) as (url, variables):
        step(f"The sandbox listens on {url}; running the playbook saas.integrations.demo")
        env.update(variables)
        extra = [word for pair in (f"drift_dir={REPORT}", "demo_keep=true") for word in ("-e", pair)]
        run([venv / "bin" / "ansible-playbook", "saas.integrations.demo", *extra], env=env, cwd=DEMO)

        step("ansible-inventory --graph, with the files in playbooks/inventory/")
        inventory = DEMO / "collections" / toolbox.COLLECTION / "playbooks" / "inventory"
        run([venv / "bin" / "ansible-inventory", "-i", inventory, "--graph"], env=env, cwd=DEMO)


def step(text: str) -> None:
    print(f"== {text}", flush=True)


def main() -> None:
    start = time.monotonic()
    log = LOGS / "demo.log"
    with toolbox.command(log, "The demo failed"):
        demo(log)
    print(CLOSING + f"\n{time.monotonic() - start:.0f} s. Nothing is left running; `make clean` removes .build/.")
    print(f"The drift report, for a browser: {REPORT / 'drift.html'}")


if __name__ == "__main__":
    main()
