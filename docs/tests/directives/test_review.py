"""The review page: what is new, who breaks what, what is open."""

from __future__ import annotations

from pathlib import Path

from docs.tests.site import Build, Built, folded

PAGE = "docs/review"


def test_new_rules_say_who_would_have_to_change(built: Built) -> None:
    text = built.text(PAGE, "article")
    assert "1 proposal: 1 where a standard answers otherwise" in text
    (chapter,) = built.all(PAGE, "details.proposed")
    assert chapter.summary is not None
    assert folded(chapter.summary) == "Demo: 1, 0 MUSTs, 1 unanswered"
    ((about, said),) = built.rows(PAGE, ".review")
    assert about == "demo unasked"
    assert said.startswith("second A wheel SHOULD NOT do the second thing.")
    assert said.endswith("differs")


def test_proposal_is_followed_by_its_reason(project: Path, build: Build) -> None:
    path = project / "spec/demo.md"
    head, tail = path.read_text().split("{rule} demo.second", 1)
    body, rest = tail.split(":::", 1)
    path.write_text(f"{head}{{rule}} demo.second{body}:::\n\nIt hurts.\nA lot.\n{rest}")
    (why,) = build(project).all(PAGE, ".why")
    assert folded(why) == "It hurts."


def test_must_that_everybody_breaks_is_shown(project: Path, build: Build) -> None:
    path = project / "conformance/results/installer-slow-1.10.jsonl"
    path.unlink()
    built = build(project)
    (unkept,) = built.all(PAGE, "ul.review li")
    assert folded(unkept).startswith("demo.first ")
    assert folded(unkept).endswith("real: wild 1/2; models: slow")
    glance = {row[0]: row[2:4] for row in built.rows(PAGE, ".glance")}
    assert glance == {"wild 3": ["1", "0"], "slow 1.9": ["not asked", "1 (1 cause)"]}
    summary = built.text("t/slow/index", ".tool-summary")
    assert "1 cause explains it: 1 unreported." in summary


def test_proposals_that_are_open_are_listed(project: Path, build: Build) -> None:
    with (project / "spec/proposals.toml").open("a") as file:
        file.write(
            '[[proposal]]\nrow = "TAG-2"\noutcome = "deferred"\ntext = "Wait."\n'
        )
    text = build(project).text(PAGE, "article")
    assert "Proposals deferred or rejected: 1." in text
    assert "TAG-2, deferred : Wait." in text


def test_tools_that_break_no_must_have_no_row(built: Built) -> None:
    rows = built.rows(PAGE, ".glance")
    assert [row[0] for row in rows] == ["wild 3"]
    assert "that were asked break no MUST of the standards." in built.text(
        PAGE, "article"
    )


def test_objection_says_what_is_held_first(project: Path, build: Build) -> None:
    add_decision(project)
    answers = project / "conformance/results/installer-slow-1.9.jsonl"
    answers.write_text(answers.read_text().replace("versions-as-text", "wanted"))
    (item,) = build(project).all(PAGE, "li.objection")
    said = "They read it as any , and say so in their manual."
    assert folded(item) == f"by design, demo.first ; slow : {said}"


def test_what_a_newer_release_does_not_break_is_no_objection(
    project: Path, build: Build
) -> None:
    newest = project / "conformance/results/installer-slow-1.10.jsonl"
    kept = newest.read_bytes()
    add_decision(project)
    newest.write_bytes(kept)
    answers = project / "conformance/results/installer-slow-1.9.jsonl"
    answers.write_text(answers.read_text().replace("versions-as-text", "wanted"))
    assert not build(project).all(PAGE, "li.objection")


def test_rule_that_is_not_broken_has_no_objection(project: Path, build: Build) -> None:
    add_decision(project)
    assert not build(project).all(PAGE, "li.objection")


def add_decision(project: Path) -> None:
    """Add a cause that is by design, and shows in no answer on file.

    The release that breaks the rule becomes the newest.
    """
    (project / "conformance/results/installer-slow-1.10.jsonl").unlink()
    with (project / "conformance/deviations/slow.toml").open("a") as file:
        file.write(
            '\n[[cause]]\nid = "wanted"\nkind = "by-design"\n'
            'why = "They read it as `any`, and say so in their manual."\n'
            'links = ["https://example.org/1"]\n'
            '[[cause.shows]]\nrules = ["demo.first"]\ncases = ["next-*"]\n'
        )


def test_what_several_tools_dispute_is_one_objection(
    project: Path, build: Build
) -> None:
    cause = '[[cause]]\nid = "{0}"\nkind = "dispute"\nwhy = "{0} reads it so."\n'
    shows = 'links = ["https://example.org"]\n[[cause.shows]]\nrules = ["demo.first"]\n'
    for tool in ("slow", "wild"):
        with (project / f"conformance/deviations/{tool}.toml").open("a") as file:
            file.write("\n" + cause.format(tool) + shows)
    built = build(project)
    assert "Disputes: 1." in built.text(PAGE, "article")
    (item,) = built.all(PAGE, "li.objection")
    said = "slow reads it so. The same for other reasons: wild ."
    assert folded(item) == f"dispute, demo.first ; slow : {said}"


def test_what_several_tools_hold_alike_is_told_once(
    project: Path, build: Build
) -> None:
    cause = '[[cause]]\nid = "{0}"\nkind = "dispute"\nwhy = "It is so; says {0}."\n'
    shows = 'links = ["https://example.org"]\n[[cause.shows]]\nrules = ["demo.first"]\n'
    for tool in ("slow", "wild"):
        with (project / f"conformance/deviations/{tool}.toml").open("a") as file:
            file.write("\n" + cause.format(tool) + shows)
    (item,) = build(project).all(PAGE, "li.objection")
    assert folded(item) == "dispute, demo.first ; slow , wild : It is so."


def test_what_is_by_design_against_a_proposal_is_counted_apart(
    project: Path, build: Build
) -> None:
    add_decision(project)
    path = project / "spec/demo.md"
    path.write_text(path.read_text().replace(":basis: standard", ":basis: proposal"))
    answers = project / "conformance/results/installer-slow-1.9.jsonl"
    answers.write_text(answers.read_text().replace("versions-as-text", "wanted"))
    built = build(project)
    text = built.text(PAGE, "article")
    assert "By design against a MUST of a standard: 0." in text
    assert "By design against a proposal: 1." in text
    (item,) = built.all(PAGE, "li.objection")
    assert "They read it as any ," in folded(item)
