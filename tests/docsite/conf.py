# Copyright: Contributors to the saas.integrations collection
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How Sphinx builds the documentation site from what antsibull-docs made of the collection. See tests/docs.py."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml
from docutils import nodes

DOCS = Path(__file__).resolve().parents[2] / "docs"
REPOSITORY = "https://github.com/saas-integrations/saas.integrations"

project = "saas.integrations"
copyright = "Contributors to the saas.integrations collection"
extensions = ["sphinx_antsibull_ext"]
html_theme = "sphinx_ansible_theme"
html_title = html_short_title = project
html_theme_options = {
    "documentation_home_url": REPOSITORY,
    "topbar_links": {"Source": REPOSITORY, "Issues": f"{REPOSITORY}/issues", "Forum": "https://forum.ansible.com"},
    "titles_only": True,
    "vcs_pageview_mode": "",
}
html_static_path = ["static"]
html_css_files = ["site.css"]
html_copy_source = html_show_sourcelink = html_use_index = html_show_sphinx = False
pygments_style = "ansible"
highlight_language = "YAML+Jinja"
nitpicky = True

# The front page: what it is, the guides in the order of extra-docs.yml, and the reference.
FRONT = """\
saas.integrations
=================

The places where Netography, Confluent Cloud, Rocket.Chat and PagerTree send and receive alerts, as code. Describe them
in files, see in check mode what would change, and never find a secret in an output.

Start with :ref:`the first steps <ansible_collections.saas.integrations.docsite.guide_first_steps>`. Something does not
work? See :ref:`what an error means <ansible_collections.saas.integrations.docsite.guide_troubleshooting>`. The
:ref:`plugin index <plugin_index_for_saas.integrations>` has a line about each module.
"""
TOCTREE = "\n.. toctree::\n   :maxdepth: 1\n   :caption: {title}\n\n{pages}"
COLLECTION = "collections/saas/integrations"
OTHERS = ["Environment variables <collections/environment_variables>", f"Release notes <{COLLECTION}/changelog>"]
REFERENCE = {"module": "Modules", "inventory": "Inventory plugins", "filter": "Filters", "role": "Roles"}

# Where Ansible's own documentation has what the pages refer to. Known here, so that no server has to be asked.
ANSIBLE = "https://docs.ansible.com/projects/ansible/devel/"
PAGES = {
    "action_plugins": "plugins/action.html",
    "ansible_configuration_settings": "reference_appendices/config.html",
    "common_return_values": "reference_appendices/common_return_values.html",
    "list_of_collections": "collections/index.html",
}


def write_front(app: Any, _config: Any) -> None:
    """Write the page that all others hang on."""
    sections = yaml.safe_load((DOCS / "docsite" / "extra-docs.yml").read_text(encoding="utf-8"))["sections"]
    trees = {section["title"]: [f"{COLLECTION}/docsite/{ref}" for ref in section["toctree"]] for section in sections}
    for kind, title in REFERENCE.items():
        names = [path.stem.removesuffix(f"_{kind}") for path in Path(app.srcdir, COLLECTION).glob(f"*_{kind}.rst")]
        trees[title] = [f"{name} <{COLLECTION}/{name}_{kind}>" for name in sorted(names)]
    trees["More"] = OTHERS
    text = FRONT
    for title, entries in trees.items():
        text += TOCTREE.format(title=title, pages="".join(f"   {entry}\n" for entry in entries))
    Path(app.srcdir, "index.rst").write_text(text, encoding="utf-8")


def resolve(_app: Any, _env: Any, node: Any, text: Any) -> Any:
    """A link to Ansible's own documentation, for a reference that leads there."""
    target = node["reftarget"]
    if target.startswith("ANSIBLE_"):
        page = f"{PAGES['ansible_configuration_settings']}#envvar-{target}"
    elif match := re.fullmatch(r"ansible_collections\.ansible\.builtin\.(\w+)", target):
        page = f"collections/ansible/builtin/{match[1]}.html"
    else:
        page = PAGES.get(target)
    return nodes.reference("", "", text, refuri=ANSIBLE + page, internal=False) if page else None


def setup(app: Any) -> None:
    app.connect("config-inited", write_front)
    app.connect("missing-reference", resolve)
