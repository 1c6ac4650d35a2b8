# Copyright: Contributors to the saas.integrations collection
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pages in a real browser: the machine's own Chromium, without a network and with a profile that is thrown away."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
ARGUMENTS += ["--disable-component-update", "--disable-sync"]


@contextmanager
def started(home: Path) -> Iterator[Browser]:
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS, env={"HOME": str(home)})
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def opened(browser: Browser, path: Path, **options: Any) -> Iterator[Page]:
    """A page; whatever it complains about or asks for besides itself is an error."""
    options = {"viewport": {"width": 1280, "height": 900}, "color_scheme": "light", **options}
    page = browser.new_page(**options)
    page.set_default_timeout(5000)
    surprises: list[str] = []
    page.on("console", lambda message: surprises.append(message.text))
    page.on("pageerror", lambda error: surprises.append(str(error)))
    page.on("dialog", lambda dialog: surprises.append(dialog.message))
    page.on("request", lambda request: request.url == path.as_uri() or surprises.append(request.url))
    page.goto(path.as_uri())
    try:
        yield page
    finally:
        page.close()
    assert not surprises, surprises
