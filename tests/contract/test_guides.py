# Copyright: Contributors to the saas.integrations collection
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whoever follows a guide from top to bottom gets there: every block is run, in its order, against the sandbox."""

from __future__ import annotations

import ast
import functools
import json
import re
from collections.abc import Iterator

import pytest
import yaml
from cases import CASES
from programs import COLLECTION
from shown import Reader, blocks

DOCS = COLLECTION / "docs" / "docsite"
GUIDES = sorted((DOCS / "rst").glob("*.rst"))
ERRORS = DOCS / "rst" / "guide_troubleshooting.rst"


@pytest.mark.parametrize("guide", GUIDES, ids=[guide.stem for guide in GUIDES])
def test_a_guide_can_be_followed(guide, playbooks):
    page = [block for block in blocks(guide) if guide != ERRORS or block.language != "text"]
    if not page:
        return
    reader = Reader(playbooks, page)
    reader.write("seed.yml", json.dumps(seed()))
    reader.run("ansible-playbook", "saas.integrations.bootstrap", "-e", "@seed.yml")
    reader.follow(page)


def seed() -> dict[str, list[dict]]:
    """Integrations that are there before the guide begins: some of each service."""
    return {
        f"{case.service}_integrations": [{**case.sample(kind), "name": f"Old {index}"} for index, kind in kinds]
        for case in CASES
        for kinds in [list(enumerate(case.kinds))[:2]]
    }


def test_few_blocks_are_only_shown():
    shown = [block.place for guide in GUIDES for block in blocks(guide) if block.shown_only]
    assert len(shown) <= 6, shown


def test_every_guide_has_its_place():
    sections = yaml.safe_load((DOCS / "extra-docs.yml").read_text(encoding="utf-8"))["sections"]
    assert sorted(ref for section in sections for ref in section["toctree"]) == [guide.stem for guide in GUIDES]


# -- errors ---------------------------------------------------------------------------------------------------------

QUOTED = [
    (block.place, line) for block in blocks(ERRORS) if block.language == "text" for line in block.text.splitlines()
]
# Letters of a sentence below which it would fit nearly everything.
TELLING = 5
# Words of what is filled in from which on it is a part of the message, and no name, path or list.
PROSE = 4


def literals(node: ast.AST) -> Iterator[str]:
    """The texts in a file, with a null character in the place of what is filled in."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant):
            continue  # a docstring
        if isinstance(child, ast.JoinedStr):
            yield "".join(str(part.value) if isinstance(part, ast.Constant) else "\0" for part in child.values)
        if isinstance(child, ast.Constant) and isinstance(child.value, str):
            yield child.value
        yield from literals(child)


def sentences(text: str) -> list[str]:
    return re.split(r"(?<=\.)\s+", text.strip())


@functools.cache
def sayable() -> list[re.Pattern[str]]:
    """The sentences that the code can say."""
    plugins = COLLECTION / "plugins"
    sources = [path for folder in ("module_utils", "plugin_utils") for path in (plugins / folder).rglob("*.py")]
    texts = {text for path in sources for text in literals(ast.parse(path.read_text(encoding="utf-8")))}
    said = {sentence for text in texts for sentence in sentences(text)}
    return [
        re.compile("(.*)".join(map(re.escape, sentence.split("\0"))) + r"\.?")
        for sentence in said
        if len(re.sub(r"\W", "", sentence)) >= TELLING
    ]


def said(sentence: str) -> bool:
    """Whether the code can say this, what is filled in included."""
    for match in filter(None, (pattern.fullmatch(sentence) for pattern in sayable())):
        filled = [part for part in match.groups() if len(re.findall(r"(?<!\S)[a-z]{2,}(?!\S)", part)) >= PROSE]
        if all(part != sentence and said(part) for part in filled):
            return True
    return False


@pytest.mark.parametrize(("place", "message"), QUOTED, ids=[place for place, _message in QUOTED])
def test_an_error_that_a_guide_explains_is_one_that_occurs(place, message):
    assert [sentence for sentence in sentences(message) if not said(sentence)] == [], place
