"""The evidence in a rule block: cases, fixture wheels, and versions in their order."""

from __future__ import annotations

from pathlib import Path

from docs.tests.site import Build, Built

PAGE = "spec/demo"
FIRST, SECOND = '.rule[id="demo.first"]', '.rule[id="demo.second"]'


def test_newest_version_of_a_tool_comes_first(built: Built) -> None:
    links = built.all(PAGE, f"{FIRST} .rule-answers a")
    assert [(link["href"], link["title"]) for link in links] == [
        (f"../r/demo.first/index.html#installer-{tool}", words)
        for tool, words in (
            ("slow-1.10", "keeps the rule: models 1/1"),
            ("slow-1.9", "breaks the rule: models 0/1"),
            (
                "wild-3",
                (
                    "keeps the rule in part: real systems 1/2, models 0/1; "
                    "not explained yet"
                ),
            ),
        )
    ]


def test_headline_is_about_the_newest_versions(built: Built) -> None:
    assert built.text(PAGE, f"{FIRST} .rule-headline") == (
        "Installers: on real systems kept by 0 of 1 asked, not by wild 3 (1/2); "
        "asked on models alone, kept by 1 of 1 asked."
    )


def test_cases_are_rows_with_question_platforms_and_expected_answer(
    built: Built,
) -> None:
    assert built.rows(PAGE, f"{FIRST} .rule-cases") == [
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
    assert build(project).rows(PAGE, f"{SECOND} .rule-cases") == [
        [
            "needs-libssl",
            "Is the claim true of this wheel: it needs libssl?",
            "every architecture",
            "the claim is false",
        ]
    ]
