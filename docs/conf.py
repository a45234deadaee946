"""Sphinx configuration: one site from the specification, the suite's data and guides.

The source folder is the repository's root: ``sphinx-build -c docs . build/site``.
"""

from importlib.metadata import version as version_of

project = "manylinux"
author = "The manylinux-conformance founders"
project_copyright = author
release = version_of("manylinux-conformance")
version = release.partition(".dev")[0]

root_doc = "docs/index"
include_patterns = ["docs/*.md", "docs/**/*.md", "spec/*.md"]
exclude_patterns = ["**/README.md", "docs/tests/**"]

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
html_title = f"manylinux {version}"
html_static_path = ["static"]
html_css_files = ["spec.css"]
html_js_files = [(name, {"defer": "defer"}) for name in ("matrix.js", "reach.js")]
html_additional_pages = {"index": "site_root.html"}
html_copy_source = False
html_show_sphinx = False
templates_path = ["templates"]
html_theme_options = {
    "navigation_with_keys": True,
    "light_css_variables": {
        "color-brand-primary": "#1f5f8b",
        "color-brand-content": "#1f5f8b",
    },
    "dark_css_variables": {
        "color-brand-primary": "#7cb8e0",
        "color-brand-content": "#7cb8e0",
    },
}
