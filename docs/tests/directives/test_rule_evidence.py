"""The evidence in a rule block: who keeps a rule; its cases are on its page."""

from __future__ import annotations

from pathlib import Path

from docs.tests.site import Build, Built

PAGE = "spec/demo"
FIRST = '.rule[id="demo.first"]'


def test_headline_is_about_the_newest_versions(built: Built) -> None:
    assert built.text(PAGE, f"{FIRST} .rule-headline") == (
        "Installers: kept on real systems by 0 of 1 asked, not by wild 3 (1/2); "
        "asked on models alone, kept by 1 of 1 asked."
    )


def test_cases_are_rows_with_question_platforms_and_expected_answer(
    built: Built,
) -> None:
    assert built.rows("r/demo.first/index", ".rule-cases") == [
        [
            "same-version",
            "Which of these wheels is installed? manylinux_2_17_x86_64",
            "every platform with a glibc",
            "manylinux_2_17_x86_64",
        ],
        [
            "next-version",
            (
                "Which of these wheels is installed, with a _manylinux module "
                "(standard-library)? manylinux_2_18_x86_64 "
                "The module def manylinux_compatible(*_): return None "
                "One minor version too new."
            ),
            "where glibc says “2.17”",
            "the py3-none-any wheel",
        ],
    ]


def test_fixture_wheels_are_cases_of_their_rule(project: Path, build: Build) -> None:
    folder = project / "fixtures/recipes"
    folder.mkdir(parents=True)
    recipe = '[[violates]]\nname = "needs-libssl"\nabout = "it needs libssl"\n'
    (folder / "demo.toml").write_text(f'rule = "demo.second"\n{recipe}')
    assert build(project).rows("r/demo.second/index", ".rule-cases") == [
        [
            "needs-libssl",
            "Is the claim true of this wheel: it needs libssl?",
            "every architecture",
            "the claim is false",
        ]
    ]
