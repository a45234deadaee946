"""Lines: what they may not leave out, and what is left of what was not run."""

import msgspec
import pytest
from manylinux_conformance.platforms.platform import Fidelity
from manylinux_conformance.results.lines import NotRun, Result
from manylinux_conformance.results.verdicts import Verdict

RESULT = Result(
    case="tag.form/plain",
    rule="tag.form",
    platform="glibc-2.17",
    fidelity=Fidelity.MODELLED,
    verdict=Verdict.PASS,
)
MISSING = NotRun(platforms=("a", "b"), reason="no loader", remedy="install it")


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"platform": "", "fidelity": None}, "either a platform or an architecture"),
        ({"arch": "s390x"}, "either a platform or an architecture"),
        ({"fidelity": None}, "fidelity with a platform, and only there"),
        ({"platform": "", "arch": "s390x"}, "fidelity with a platform, and only there"),
    ],
)
def test_an_answer_says_in_one_way_where_it_was_given(
    fields: dict[str, object], reason: str
) -> None:
    with pytest.raises(ValueError, match=reason):
        msgspec.structs.replace(RESULT, **fields)
    line = {**msgspec.to_builtins(RESULT), **fields}
    with pytest.raises(msgspec.ValidationError, match=reason):
        msgspec.convert(line, Result)


def test_an_answer_about_a_wheel_is_where_the_architecture_is() -> None:
    wheel = msgspec.structs.replace(RESULT, platform="", fidelity=None, arch="s390x")
    assert (RESULT.where, wheel.where) == ("glibc-2.17", "s390x")


def test_empty_fields_are_left_out() -> None:
    assert msgspec.json.encode(RESULT) == (
        b'{"line":"case","case":"tag.form/plain","rule":"tag.form",'
        b'"platform":"glibc-2.17","fidelity":"modelled","verdict":"pass"}'
    )
    assert msgspec.json.encode(NotRun(reason="no loader")) == (
        b'{"line":"not-run","reason":"no loader"}'
    )


def test_a_reason_is_followed_by_its_remedy() -> None:
    assert MISSING.explanation == "no loader; run: install it"
    assert NotRun(reason="no loader").explanation == "no loader"


@pytest.mark.parametrize(
    ("names", "left"),
    [((), ("a", "b")), (("a", "c"), ("b",)), (("b",), ("a",)), (("a", "b"), None)],
)
def test_what_was_asked_elsewhere_is_not_missing(
    names: tuple[str, ...], left: tuple[str, ...] | None
) -> None:
    found = MISSING.without(names)
    assert (found and found.platforms) == left


def test_a_line_without_platforms_is_about_the_whole_block() -> None:
    line = NotRun(reason="no loader")
    assert line.without(("a",)) == line
