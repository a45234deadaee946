"""Blocks: read back as they were written, refused when damaged."""

from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from manylinux_conformance.errors import InputError
from manylinux_conformance.platforms.platform import Fidelity
from manylinux_conformance.results.blocks import (
    Block,
    joined,
    read_blocks,
    read_results,
    write_blocks,
)
from manylinux_conformance.results.lines import FORMAT, Header, NotRun, Result
from manylinux_conformance.results.verdicts import Role, Verdict
from tests.builders import header_line, result_line

HEADER = header_line()


RESULT = result_line(
    "installer.order.linux/right", expected="linux_x86_64", answer="linux_x86_64"
)
WRONG = msgspec.structs.replace(RESULT, verdict=Verdict.FAIL, answer="any")
ON_WHEEL = msgspec.structs.replace(RESULT, platform="", fidelity=None, arch="s390x")
MISSING = NotRun(platforms=("centos-7-x86_64", "centos-7-i686"), reason="no engine")
BLOCK = Block(HEADER, (RESULT, WRONG, ON_WHEEL), (MISSING,))

text = st.text(st.characters(codec="utf-8"))
word = st.text(st.characters(codec="utf-8"), min_size=1)
headers = st.builds(
    Header,
    format=st.just(FORMAT),
    **dict.fromkeys(("edition", "rules_lock", "tool", "version", "host"), text),
    **dict.fromkeys(("python", "platform", "emulator"), text),
    role=st.sampled_from(Role),
)
said = dict.fromkeys(("expected", "answer", "reason", "deviation"), text)
asked = {"case": text, "rule": text, "verdict": st.sampled_from(Verdict), **said}
results = st.builds(
    Result, platform=word, fidelity=st.sampled_from(Fidelity), **asked
) | st.builds(Result, arch=word, **asked)
not_run = st.builds(
    NotRun, platforms=st.lists(text).map(tuple), reason=text, remedy=text
)
blocks = st.builds(
    Block,
    headers,
    st.lists(results, max_size=3).map(tuple),
    st.lists(not_run, max_size=3).map(tuple),
)


@settings(max_examples=settings().max_examples * 3 // 5)
@given(st.lists(blocks, max_size=3))
def test_any_blocks_are_read_back_as_they_were_written(
    tmp_path_factory: pytest.TempPathFactory, written: list[Block]
) -> None:
    path = tmp_path_factory.getbasetemp() / "blocks.jsonl"
    write_blocks(written, path)
    once = path.read_bytes()
    assert list(read_blocks(path)) == written
    write_blocks(read_blocks(path), path)
    assert path.read_bytes() == once


def test_blocks_of_a_folder_are_read_by_file_name(tmp_path: Path) -> None:
    other = Block(msgspec.structs.replace(HEADER, tool="uv"), (RESULT,))
    write_blocks([other], tmp_path / "b.jsonl")
    write_blocks([BLOCK, BLOCK], tmp_path / "a.jsonl")
    assert read_results(tmp_path) == [BLOCK, BLOCK, other]
    assert sorted(file.name for file in tmp_path.iterdir()) == ["a.jsonl", "b.jsonl"]


def test_the_folder_of_a_result_file_is_made(tmp_path: Path) -> None:
    path = tmp_path / "some" / "where" / "results.jsonl"
    for _ in range(2):
        write_blocks([BLOCK], path)
    assert list(read_blocks(path)) == [BLOCK]


def test_the_format_comes_first(tmp_path: Path) -> None:
    write_blocks([BLOCK], tmp_path / "results.jsonl")
    header = (tmp_path / "results.jsonl").read_text().splitlines()[0]
    assert header.startswith('{"line":"header","format":2,')


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (lambda text: text[:-3], "line 6: cut off"),
        (lambda text: "".join(text.splitlines(keepends=True)[:-1]), "no footer"),
        (lambda text: text.replace('"lines":4', '"lines":3'), "does not fit"),
        (lambda text: text.replace('"pass":2', '"pass":3'), "does not fit"),
        (
            lambda text: text.replace('"format":2', '"format":9'),
            "line 1: format 9 is unknown: this release reads formats 1 and 2",
        ),
        (lambda text: text.replace('"format":2,', ""), "line 1: format 0 is unknown"),
        (lambda text: text.replace('"format":2', '"format":"2"'), "line 1: Expected"),
        (lambda text: text.replace(',"arch":"s390x"', ""), "line 5: needs either"),
        (lambda text: text.replace('"fidelity":"modelled",', "", 1), "line 3: needs a"),
        (lambda text: text + text.splitlines()[0] + "\n", "pip 26.3 has no footer"),
        (lambda text: text.replace('"header"', '"hat"'), "line 1"),
        (lambda text: "\n".join(text.splitlines()[1:]) + "\n", "line 1: out of place"),
        (lambda text: "garbage\n" + text, "line 1"),
        (lambda text: text.replace('"verdict":"pass"', '"verdict":"ok"'), "line 3"),
        (lambda text: '{"x":' + "[" * 99999 + "\n" + text, "line 1: nested too deeply"),
        (lambda text: "9" * 1024 * 1024 + "\n" + text, "line 1: cut off or too long"),
        (lambda text: text.replace("pip", "\udcff"), "line 1: 'utf-8' codec"),
    ],
)
def test_a_damaged_result_file_is_refused(
    tmp_path: Path, damage: object, reason: str
) -> None:
    path = tmp_path / "results.jsonl"
    write_blocks([BLOCK], path)
    assert callable(damage)
    path.write_text(damage(path.read_text()), errors="surrogateescape")
    with pytest.raises(InputError, match=reason) as caught:
        list(read_blocks(path))
    assert str(caught.value).startswith(f"{path}: ")


def test_a_missing_result_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none\.jsonl: No such file"):
        list(read_blocks(tmp_path / "none.jsonl"))


def test_a_container_is_missing_by_its_name() -> None:
    header = msgspec.structs.replace(HEADER, platform="debian-12-s390x")
    whole = NotRun(reason="needs Python 3.14")
    named = NotRun(platforms=("debian-12-s390x",), reason="needs Python 3.14")
    model = NotRun(platforms=("debian-12-s390x-as-glibc-2.17",), reason="no model")
    assert Block(header, (), (whole, model)).missing == (named, model)
    assert Block(HEADER, (), (whole, model)).missing == (whole, model)


def test_blocks_of_one_tool_are_joined_under_the_first_header() -> None:
    inside = msgspec.structs.replace(HEADER, platform="debian-12-s390x")
    lacking = Block(inside, (), (NotRun(reason="needs Python 3.14"),))
    other = Block(msgspec.structs.replace(HEADER, role=Role.TAG_LIBRARY), (RESULT,))
    named = NotRun(platforms=("debian-12-s390x",), reason="needs Python 3.14")
    assert joined([BLOCK, other, lacking, Block(HEADER, (WRONG,))]) == [
        Block(HEADER, (*BLOCK.results, WRONG), (MISSING, named)),
        other,
    ]
