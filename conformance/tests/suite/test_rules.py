import hashlib
from pathlib import Path

import pytest
from manylinux_conformance.errors import InputError
from manylinux_conformance.suite.rules import (
    Basis,
    Level,
    Subject,
    as_put_to,
    read_chapter,
    read_rules,
)
from tests.builders import rule

BLOCK = """\
# Chapter

:::{rule} installer.glibc.at-least
:level: must
:subject: installer, tag-library
:arch: all
:basis: standard
:source: PEP 600, Package installers
:tested: forced

An installer MUST compare
pairs of integers.

```{case} same-version
offer = ["manylinux_{major}_{minor}_{arch}"]
pick = "any"
```
:::
"""


def chapter(folder: Path, text: str) -> Path:
    path = folder / "installers.md"
    path.write_text(text)
    return path


def test_a_rule_block_is_read_whole(tmp_path: Path) -> None:
    (read,) = read_chapter(chapter(tmp_path, BLOCK))
    assert read.id == "installer.glibc.at-least"
    assert read.level is Level.MUST
    assert read.subjects == (Subject.INSTALLER, Subject.TAG_LIBRARY)
    assert read.text == "An installer MUST compare pairs of integers."
    assert read.examples == {
        "same-version": 'offer = ["manylinux_{major}_{minor}_{arch}"]\npick = "any"'
    }
    assert (read.chapter, read.line, read.revision) == ("installers", 3, 1)
    assert read.area == "installer"
    assert (read.source, read.arch) == ("PEP 600, Package installers", "all")


def test_a_rule_names_its_parent_and_a_standards_answer(tmp_path: Path) -> None:
    more = ":parent: tag.version.order\n:differs: PEP 600 compares text.\n:source:"
    (read,) = read_chapter(chapter(tmp_path, BLOCK.replace(":source:", more)))
    assert (read.parent, read.differs) == (
        "tag.version.order",
        "PEP 600 compares text.",
    )
    (plain,) = read_chapter(chapter(tmp_path, BLOCK))
    assert (plain.parent, plain.differs) == ("", "")


@pytest.mark.parametrize(
    ("after", "why", "more"),
    [
        ("", "", ""),
        (
            "\nText is no number.\nSo 2.9 is old.\n\nMore.\n",
            "Text is no number.",
            " So 2.9 is old.",
        ),
        ("Text is no number.\n", "Text is no number.", ""),
        ("\nText is no number:\n\n- 2.9\n", "Text is no number.", ""),
        ("\n## Order\n", "", ""),
        ("\n| a | b |\n", "", ""),
        ("\n```{spec-table} aliases\n```\n", "", ""),
    ],
)
def test_the_reason_is_the_paragraph_after_the_block(
    tmp_path: Path, after: str, why: str, more: str
) -> None:
    (read,) = read_chapter(chapter(tmp_path, BLOCK + after))
    assert (read.why, read.reason) == (why, why + more)


def test_blocks_follow_each_other_and_may_end_in_spaces(tmp_path: Path) -> None:
    first = BLOCK.replace("```\n:::", "```  \nIt is so.\n:::  ")
    second = BLOCK.removeprefix("# Chapter\n\n").replace("at-least", "other")
    one, other = read_chapter(chapter(tmp_path, first + second))
    assert one.text == "An installer MUST compare pairs of integers. It is so."
    assert one.examples == other.examples
    assert (one.line, other.line) == (3, 20)


def test_bytes_that_are_no_text_do_not_hide_a_rule(tmp_path: Path) -> None:
    path = tmp_path / "tags.md"
    path.write_bytes(BLOCK.replace("pairs", "p?irs").encode().replace(b"?", b"\xff"))
    (read,) = read_chapter(path)
    assert "p\ufffdirs" in read.text


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("installer.glibc.at-least", "Installer", "identifiers read like"),
        ("installer.glibc.at-least", "", "identifiers read like"),
        (":level: must\n", "", "lacks :level:"),
        (":basis: standard\n", "", "lacks :basis:"),
        (":basis: standard", ":basis: habit", "habit"),
        (":level: must", ":level: perhaps", "perhaps"),
        (":level: must", ":colour: red\n:level: must", "unknown :colour:"),
        (":level: must", ":revision: two\n:level: must", "two"),
        (":tested: forced", ":tested:", "lacks :tested:"),
        ("installer, tag-library", "installer, poet", "poet"),
        ("An installer MUST compare\npairs of integers.\n", "", "says nothing"),
        ("```\n:::", "```", "never closed"),
        (":level: must", ":::\n:level: must", "lacks :level:"),
    ],
)
def test_a_malformed_rule_block_names_file_line_and_reason(
    tmp_path: Path, old: str, new: str, reason: str
) -> None:
    path = chapter(tmp_path, BLOCK.replace(old, new))
    with pytest.raises(InputError, match=reason) as caught:
        list(read_chapter(path))
    assert "installers.md: line 3" in str(caught.value)


def test_an_identifier_stands_in_one_place_only(tmp_path: Path) -> None:
    chapter(tmp_path, BLOCK + BLOCK)
    with pytest.raises(
        InputError, match=r"/installers\.md: line 21: .* is defined twice"
    ):
        read_rules(tmp_path)


def test_the_digest_does_not_follow_line_breaks(tmp_path: Path) -> None:
    (read,) = read_chapter(chapter(tmp_path, BLOCK))
    (folded,) = read_chapter(chapter(tmp_path, BLOCK.replace("\npairs", " pairs")))
    assert read.digest == folded.digest


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("pairs", "strings"),
        (": must", ": should"),
        ("installer, tag-library", "installer"),
        ("installer, tag-library", "installer, tag-library, wheel"),
        (":arch: all", ":arch: x86_64"),
        ("basis: standard", "basis: proposal"),
    ],
    ids=["text", "level", "subject lost", "subject gained", "arch", "basis"],
)
def test_the_digest_follows_what_a_rule_says_and_whom_it_binds(
    tmp_path: Path, old: str, new: str
) -> None:
    (read,) = read_chapter(chapter(tmp_path, BLOCK))
    (other,) = read_chapter(chapter(tmp_path, BLOCK.replace(old, new)))
    assert read.digest != other.digest


def test_the_digest_is_that_of_what_a_rule_says() -> None:
    said = "must\nstandard\ninstaller,tag-library\nall\nA tag MUST have four parts."
    assert rule().digest == hashlib.sha256(said.encode()).hexdigest()


@pytest.mark.parametrize("subject", Subject)
def test_what_a_tag_is_binds_everybody_but_an_index_which_may_take_what_it_likes(
    subject: Subject,
) -> None:
    tag, served = rule(id="tag.form"), rule(id="index.served.bytes")
    bound = as_put_to(subject, {tag.id: tag, served.id: served})
    is_index = subject is Subject.INDEX
    assert bound[tag.id].basis is (Basis.PROPOSAL if is_index else Basis.STANDARD)
    assert bound[served.id].basis is Basis.STANDARD
