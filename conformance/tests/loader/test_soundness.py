"""The soundness check of a corpus: agreement, soundness, and what it does not judge."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner, Result
from manylinux_conformance.cli.main import main
from manylinux_conformance.corpus.manifest import Corpus, read_corpus
from manylinux_conformance.errors import InputError
from manylinux_conformance.loader.loader_check import loader_unavailable_reason
from manylinux_conformance.loader.report import (
    page_lines,
    write_soundness_report,
)
from manylinux_conformance.loader.soundness import (
    ClaimQuestion,
    LoadOutcome,
    SoundnessReport,
    check_soundness,
    claim_of,
    corpus_questions,
)
from manylinux_conformance.loader.unpacked_wheel import (
    installed_path,
    starting_points,
    unpack_elf_files,
)
from manylinux_fixtures.corpus.manifest import ManifestEntry
from manylinux_fixtures.elf.description import Elf, FileType
from manylinux_fixtures.elf.writer import write_elf
from manylinux_fixtures.recipes.recipe import Expectation

needs_x86_64 = pytest.mark.skipif(
    bool(loader_unavailable_reason("x86_64")),
    reason=loader_unavailable_reason("x86_64"),
)

NEW = Elf(arch="x86_64", imports=("arc4random@GLIBC_2.36 from libc.so.6",))
OLD = Elf(arch="x86_64", imports=("memcpy@GLIBC_2.2.5 from libc.so.6",))


def wheel(folder: Path, members: dict[str, Elf | bytes], name: str = "w") -> Path:
    path = folder / f"{name}-1-cp36-abi3-manylinux_2_17_x86_64.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for member, content in members.items():
            data = content if isinstance(content, bytes) else write_elf(content)
            archive.writestr(member, data)
    return path


def question(path: Path, release: tuple[int, int], **more: object) -> ClaimQuestion:
    facts = {
        "id": "wheel.versions.listed/some-wheel/x86_64",
        "rule": "wheel.versions.listed",
        "wheel": path,
        "arch": "x86_64",
        "release": release,
        "accepted": True,
    }
    return msgspec.convert(facts | more, ClaimQuestion)


def ask(questions: Sequence[ClaimQuestion], cache: Path) -> SoundnessReport:
    return check_soundness(questions, cache, jobs=1)


@needs_x86_64
@pytest.mark.parametrize(
    ("member", "release", "outcome", "below"),
    [
        (NEW, (2, 36), LoadOutcome.LOADS, LoadOutcome.REFUSED),
        (NEW, (2, 38), LoadOutcome.LOADS, LoadOutcome.LOADS),
        (NEW, (2, 35), LoadOutcome.REFUSED, LoadOutcome.REFUSED),
        (OLD, (2, 5), LoadOutcome.LOADS, None),
    ],
)
def test_a_wheel_is_judged_on_its_level_and_below(
    member: Elf,
    release: tuple[int, int],
    outcome: LoadOutcome,
    below: LoadOutcome | None,
    tmp_path: Path,
) -> None:
    path = wheel(tmp_path, {"w/_ext.so": member})
    (answer,) = ask([question(path, release)], tmp_path).answers
    assert (answer.outcome, answer.below) == (outcome, below)


@needs_x86_64
def test_what_the_rules_accept_and_the_loader_refuses_is_unsound(
    tmp_path: Path,
) -> None:
    path = wheel(tmp_path, {"w/_ext.so": NEW})
    report = ask([question(path, (2, 17))], tmp_path)
    assert [answer.level for answer in report.unsound] == ["2.17"]
    page = "\n".join(page_lines(report, {}))
    assert "version not found: GLIBC_2.36 (libc.so.6)" in page
    assert str(tmp_path) not in page


@needs_x86_64
def test_what_the_rules_refuse_and_the_loader_accepts_is_stricter(
    tmp_path: Path,
) -> None:
    path = wheel(tmp_path, {"w/_ext.so": OLD})
    report = ask([question(path, (2, 17), accepted=False)], tmp_path)
    assert len(report.stricter) == 1
    assert report.unsound == []
    reasons = {"wheel.versions.listed": "a reason for the reader"}
    write_soundness_report(report, tmp_path, reasons)
    assert "a reason for the reader" in (tmp_path / "loader.md").read_text()
    again = msgspec.json.decode(
        (tmp_path / "loader.json").read_bytes(), type=SoundnessReport
    )
    assert again == report


@needs_x86_64
@pytest.mark.parametrize(
    ("members", "release", "grounds"),
    [
        ({"w/__init__.py": b"x = 1"}, (2, 17), "nothing for a loader in it"),
        (
            {"w/tool": Elf(arch="x86_64", type=FileType.STATIC)},
            (2, 17),
            "nothing for a loader in it",
        ),
        ({"w/_ext.so": OLD}, (9, 0), "no sysroot of this release is known"),
        ({"../outside.so": OLD}, (2, 17), "leaves its folder"),
    ],
)
def test_what_cannot_be_judged_says_why(
    members: dict[str, Elf | bytes],
    release: tuple[int, int],
    grounds: str,
    tmp_path: Path,
) -> None:
    path = wheel(tmp_path, members)
    report = ask([question(path, release)], tmp_path)
    (answer,) = report.answers
    assert answer.outcome is LoadOutcome.NOT_JUDGED
    assert grounds in answer.grounds[0]
    assert grounds in "\n".join(page_lines(report, {}))


@needs_x86_64
@pytest.mark.parametrize(
    ("spared", "outcome"),
    [({}, LoadOutcome.REFUSED), ({"w/_ext.so": "too new"}, LoadOutcome.NOT_JUDGED)],
)
def test_a_spared_file_refutes_nothing(
    spared: dict[str, str], outcome: LoadOutcome, tmp_path: Path
) -> None:
    path = wheel(tmp_path, {"w/_ext.so": NEW, "w/_old.so": OLD})
    asked = question(path, (2, 17), spared=spared)
    report = ask([asked], tmp_path)
    (answer,) = report.answers
    assert (answer.outcome, answer.spared) == (outcome, tuple(spared.values()))
    page = "\n".join(page_lines(report, {}))
    assert f"In {len(spared)} claims that the rules accept" in page
    assert ("wheel.versions.listed, 1: too new" in page) is bool(spared)


def test_an_architecture_without_a_loader_is_reported_as_not_run(
    tmp_path: Path,
) -> None:
    report = ask([question(tmp_path, (2, 17), arch="vax")], tmp_path)
    assert report.answers == ()
    assert "vax" in report.not_run
    assert "not run: no loader of an architecture" in "\n".join(page_lines(report, {}))


@pytest.mark.parametrize(
    ("tag", "claim"),
    [
        ("manylinux_2_17_x86_64", ("x86_64", (2, 17))),
        ("manylinux2014_ppc64le", ("ppc64le", (2, 17))),
        ("manylinux2010_i686", ("i686", (2, 12))),
        ("manylinux1_i686", ("i686", (2, 5))),
        ("linux_x86_64", None),
        ("musllinux_1_2_x86_64", None),
    ],
)
def test_a_tag_is_split_into_architecture_and_release(
    tag: str, claim: tuple[str, tuple[int, int]] | None
) -> None:
    assert claim_of(tag) == claim


def line(**more: object) -> ManifestEntry:
    facts = {
        "id": "wheel.versions.listed/a/x86_64",
        "path": "wheel.versions.listed/a.whl",
        "sha256": "0",
        "rule": "wheel.versions.listed",
        "arch": "x86_64",
        "expectation": Expectation.HOLDS,
        "tags": ("manylinux2014_x86_64", "manylinux_2_17_x86_64"),
        "false": (),
        "oldest": "2_17",
        "twin": "",
        "about": "",
        "probe": "",
        "unloadable": {"a/_ext.so": "wants a Python process"},
    }
    return msgspec.convert(facts | more, ManifestEntry)


def test_both_spellings_of_a_claim_are_one_question(tmp_path: Path) -> None:
    (asked,) = corpus_questions(Corpus(tmp_path, (line(),)))
    assert (asked.arch, asked.release, asked.accepted) == ("x86_64", (2, 17), True)
    assert list(asked.spared) == ["a/_ext.so"]


def test_a_false_claim_is_one_that_the_rules_refuse(tmp_path: Path) -> None:
    tags = ("manylinux_2_17_x86_64", "manylinux_2_36_x86_64")
    mixed = line(tags=tags, false=tags[:1], expectation=Expectation.VIOLATES)
    asked = list(corpus_questions(Corpus(tmp_path, (mixed,))))
    assert [(each.release[1], each.accepted) for each in asked] == [
        (17, False),
        (36, True),
    ]
    assert [list(each.spared) for each in asked] == [[], ["a/_ext.so"]]


def test_a_corpus_is_read_from_its_manifest(tmp_path: Path) -> None:
    (tmp_path / "corpus.json").write_bytes(msgspec.json.encode([line()]))
    corpus = read_corpus(tmp_path)
    assert corpus.wheel(corpus.lines[0]) == tmp_path / "wheel.versions.listed/a.whl"
    assert corpus.only(lambda each: each.arch == "i686").lines == ()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"[{]", "malformed"),
        (msgspec.json.encode([line(path="../../etc/passwd")]), "leaves its folder"),
    ],
)
def test_a_manifest_that_cannot_be_meant_is_refused(
    content: bytes, reason: str, tmp_path: Path
) -> None:
    (tmp_path / "corpus.json").write_bytes(content)
    with pytest.raises(InputError, match=reason):
        read_corpus(tmp_path)


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("w/_ext.so", "w/_ext.so"),
        ("w-1.data/platlib/w/_ext.so", "w/_ext.so"),
        ("w-1.data/purelib/w/_ext.so", "w/_ext.so"),
        ("w-1.data/scripts/tool", ".data/bin/tool"),
        ("w-1.data/odd", "w-1.data/odd"),
    ],
)
def test_a_member_lands_where_an_installer_puts_it(name: str, place: str) -> None:
    assert str(installed_path(name, Path("w.whl"))) == place


@pytest.mark.parametrize("name", ["/etc/x", "a/../../x", "a\\b", "a\0b"])
def test_a_member_that_leaves_its_folder_is_refused(name: str) -> None:
    with pytest.raises(InputError, match="leaves its folder"):
        installed_path(name, Path("w.whl"))


def test_a_library_is_judged_with_what_needs_it(tmp_path: Path) -> None:
    user = Elf(arch="x86_64", needed=("libfoo-1.so", "libc.so.6"))
    path = wheel(
        tmp_path, {"w/_ext.so": user, "w.libs/libfoo-1.so": OLD, "w/": b"", "t": b"x"}
    )
    files = unpack_elf_files(path, tmp_path / "out")
    assert [file.name for file in files] == ["_ext.so", "libfoo-1.so"]
    assert [file.name for file in starting_points(files)] == ["_ext.so"]


def test_libraries_that_need_each_other_are_all_judged(tmp_path: Path) -> None:
    one = Elf(arch="x86_64", needed=("two.so",))
    two = Elf(arch="x86_64", needed=("one.so",))
    path = wheel(tmp_path, {"w/one.so": one, "w/two.so": two})
    files = unpack_elf_files(path, tmp_path / "out")
    assert starting_points(files) == files


def test_a_file_that_only_begins_like_elf_is_left_to_the_loader(
    tmp_path: Path,
) -> None:
    path = wheel(tmp_path, {"w/_ext.so": b"\x7fELF and then nothing"})
    files = unpack_elf_files(path, tmp_path / "out")
    assert starting_points(files) == files


def test_an_archive_that_is_none_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "w.whl"
    path.write_bytes(b"no archive")
    with pytest.raises(InputError, match="cannot be unpacked"):
        unpack_elf_files(path, tmp_path)


@pytest.mark.parametrize("limit", ["MOST_MEMBERS", "LARGEST_WHEEL", "LARGEST_MEMBER"])
def test_too_much_content_is_refused(
    limit: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = io.BytesIO(write_elf(OLD)).getvalue()
    path = wheel(tmp_path, {"w/_ext.so": content, "w/_more.so": content})
    monkeypatch.setattr(f"manylinux_conformance.loader.unpacked_wheel.{limit}", 1)
    with pytest.raises(InputError, match="more than 1"):
        unpack_elf_files(path, tmp_path / "out")


@pytest.fixture
def built(tmp_path: Path) -> Path:
    """Return a corpus of one wheel that loads on its level."""
    folder = tmp_path / "corpus"
    folder.mkdir()
    path = wheel(folder, {"w/_ext.so": OLD})
    lines = [line(path=path.name, tags=["manylinux_2_17_x86_64"])]
    (folder / "corpus.json").write_bytes(msgspec.json.encode(lines))
    return folder


@pytest.fixture
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep sysroots and loaders apart from the user's."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def command(corpus: Path, *more: str) -> Result:
    places = ["--corpus", str(corpus), "--output", str(corpus / "report")]
    return CliRunner().invoke(main, ["loader", *places, "--jobs=1", *more])


@needs_x86_64
@pytest.mark.usefixtures("own_cache")
def test_a_sound_corpus_ends_the_command_with_zero(built: Path) -> None:
    ended = command(built)
    assert ended.exit_code == 0
    assert "1 answers, 0 problems" in ended.output
    assert (built / "report" / "loader.md").exists()


@needs_x86_64
@pytest.mark.usefixtures("own_cache")
@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"tags": ["manylinux_2_17_x86_64"]}, "version not found: GLIBC_2.36"),
        (
            {
                "tags": ["manylinux_2_36_x86_64"],
                "false": ["manylinux_2_36_x86_64"],
                "rule": "wheel.without.reason",
            },
            "no reason in reasons.toml: wheel.without.reason refuses",
        ),
    ],
)
def test_an_unsound_or_unreasoned_verdict_ends_the_command_with_one(
    change: dict[str, object], said: str, built: Path
) -> None:
    path = wheel(built, {"w/_ext.so": NEW}, "new")
    lines = [line(path=path.name, unloadable={}, **change)]
    (built / "corpus.json").write_bytes(msgspec.json.encode(lines))
    ended = command(built)
    assert ended.exit_code == 1
    assert said in ended.output


def test_a_corpus_without_a_manifest_ends_the_command_with_two(tmp_path: Path) -> None:
    ended = command(tmp_path)
    assert ended.exit_code == 2
    assert "corpus.json" in ended.output


def test_an_architecture_that_cannot_run_is_said(built: Path) -> None:
    lines = [line(tags=["manylinux_2_17_vax"])]
    (built / "corpus.json").write_bytes(msgspec.json.encode(lines))
    assert "not run: vax: no loader" in command(built).output
