"""Sphinx configuration: one site from the specification, the suite's data and guides.

The source folder is the repository's root: ``sphinx-build -c docs . build/site``.
"""

import subprocess
import tomllib
from importlib.metadata import version as version_of
from pathlib import Path

ROOT = Path(__file__).parents[1]


def commit() -> str:
    """Return the commit that is built, with its date; empty outside of a clone."""
    command = ["git", "-C", str(ROOT), "log", "-1", "--format=%h of %cs"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError:
        return ""
    return done.stdout.strip()


project = "manylinux"
author = "The manylinux-conformance founders"
project_copyright = author
release = version_of("manylinux-conformance")
version = release.partition(".dev")[0]
# What calls itself an edition is frozen; all that is not says that it is a draft.
is_draft = ".dev" in release
edition = f"draft of edition {version}" if is_draft else f"edition {version}"

# The address of the site and that of the repository: one setting each.  Until they are
# set, links are relative and a citation says so.
urls = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"].get("urls", {})
site_address = html_baseurl = urls.get("Documentation", "")
repository = urls.get("Repository", "")

root_doc = "index"
include_patterns = [
    "index.md",
    "CHANGELOG.md",
    "docs/*.md",
    "docs/**/*.md",
    "spec/*.md",
]
# docs/book.md is the root of the books that `nox -s books` makes.
exclude_patterns = ["**/README.md", "docs/tests/**", "docs/book.md"]

extensions = [
    "myst_parser",
    "sphinx.ext.intersphinx",
    "sphinx_copybutton",
    "manylinux_docs.extension",
]

# Offline builds are the rule; inventories of other projects are fetched on demand.
intersphinx_mapping: dict[str, tuple[str, None]] = {}
myst_enable_extensions = ["colon_fence", "deflist", "smartquotes"]
myst_heading_anchors = 3
copybutton_exclude = ".linenos, .gp, .go"
nitpicky = True

html_theme = "furo"
html_title = f"manylinux {version}{' draft' if is_draft else ''}"
html_static_path = ["static"]
html_css_files = ["spec.css"]
html_js_files = [(name, {"defer": "defer"}) for name in ("matrix.js", "reach.js")]
html_context = {"commit": commit(), "edition": edition, "repository": repository}
html_search_scorer = str(ROOT / "docs" / "static" / "scorer.js")
html_favicon = "static/favicon.svg"
html_copy_source = False
html_show_sphinx = False
templates_path = ["templates"]
html_theme_options = {
    "navigation_with_keys": False,
    "light_css_variables": {
        "color-brand-primary": "#1f5f8b",
        "color-brand-content": "#1f5f8b",
    },
    "dark_css_variables": {
        "color-brand-primary": "#7cb8e0",
        "color-brand-content": "#7cb8e0",
    },
}
