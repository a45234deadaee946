"""Source pages: the lines to which a rule's page refers."""

from __future__ import annotations

from pathlib import Path

from docs.tests.site import Build, Built

PAGE = "r/demo.second/index"


def test_rule_page_links_to_the_line_on_which_the_rule_begins(built: Built) -> None:
    link = built.one(PAGE, ".locations a")
    address = "../../source/spec/demo.md.html#L-19"
    assert (link["href"], link.get_text()) == (address, "spec/demo.md:19")
    lines = built.one("source/spec/demo.md", "pre").get_text().splitlines()
    assert lines[18].endswith(":::{rule} demo.second")


def test_rule_page_links_to_the_lines_of_its_recipes(
    project: Path, build: Build
) -> None:
    folder = project / "fixtures/recipes/needed"
    folder.mkdir(parents=True)
    recipe = 'rule = "demo.second"\n[[holds]]\nname = "libm"\nabout = "it <b> &"\n'
    (folder / "allowed.toml").write_text(recipe)
    built = build(project)
    _, link = built.all(PAGE, ".locations a")
    assert link["href"] == "../../source/fixtures/recipes/needed/allowed.toml.html#L-2"
    shown = built.one("source/fixtures/recipes/needed/allowed.toml", "pre").get_text()
    assert 'about = "it <b> &"' in shown


def test_rule_page_links_to_the_function_that_decides_the_rule(built: Built) -> None:
    path = "reference/manylinux_reference/rules/demo.py"
    _, _, _, link = built.all("r/demo.first/index", ".locations a")
    assert link["href"] == f"../../source/{path}.html#L-6"
    lines = built.one(f"source/{path}", "pre").get_text().splitlines()
    assert lines[5].endswith("def is_first(number: int) -> bool:")
