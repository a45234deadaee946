"""Requirements are those of PEP 508, and what uv mends before it refuses a wheel."""

from __future__ import annotations

import pytest
from manylinux_reference.reading.requirement import check_python, check_requirement
from manylinux_reference.reading.unusable import UnusableError

SPECIFIERS = [
    *("", ">=3", "~=3.6", "==3.*", ">=3, !=3.1.*, <4", "===1.0", "==1.0+a", ">=1!2"),
    *(">= v1.0", ">=1.0.0-beta.1", "~=1.0a1", "!=1.0-1", ">=1.0.dev"),
]
MENDED = [
    *(">=3.*", ">=3,", ">=3<4", "!=3.0*", "!=~5.0,>=4", ">dev", ">= '3'", ">=9.0a1.0"),
    *("<1.4.0',", ">=3.6, "),
]
BROKEN = [
    *("3", "3.6", "=>3", ">=", "*", "~3.6", "^3.6", "foo", ">=3.6.x", ">=3||<4", "=1"),
    *("==1=2", ">1.x", "~=1", "~=1a1", "~=1.*", "==1.*.1", "==*", ">1.0+a", "===abc"),
    *(f">={'9' * 20}", "==1.0.dev1.*", "===1.*", ">=1,,<2", ">=1 2", ">=3 # note"),
]
MARKERS = [
    *("extra == 'a'", 'python_version<"3"', "os.name in 'a b'", "'a' in extras"),
    *("os_name not  in 'a'", "((os_name == ''))", "python_version > os_name"),
    "python_version > '3' and (os_name == 'a' or extra == 'b') or 'a' != 'b'",
]
NO_MARKERS = [
    *("", "a", "os_name", "os_name ==", "os_name == 3", "os_name = 'a'", "os_name 'a'"),
    *("os_name == 'a' and", "(os_name == 'a'", "os_name == 'a')", "not os_name == 'a'"),
    *("os_name === 'a'", "os_name notin 'a'", "os_name == 'a", "extras in 'a'", "()"),
    *("os_name == 'a'; b", "os_name == 'a' # note", "(os_name == 'a') os_name == 'b'"),
    *("OS_NAME == 'a'", "os_name == 'a' AND os_name == 'b'", "bogus == '1'"),
]


@pytest.mark.parametrize("text", SPECIFIERS + MENDED)
def test_versions_are_limited_as_pep_440_says(text: str) -> None:
    check_python(text)
    check_requirement(f"foo {text}")
    if text and "'" not in text and text.strip()[-1] != ",":
        check_requirement(f"foo ({text}) ; extra == 'a'")


@pytest.mark.parametrize("text", BROKEN)
def test_other_limits_are_refused(text: str) -> None:
    with pytest.raises(UnusableError, match=r"^METADATA requires Python "):
        check_python(text)
    with pytest.raises(UnusableError, match=r"^METADATA requires foo"):
        check_requirement(f"foo ({text})")


@pytest.mark.parametrize(
    "text",
    [
        *("foo", "f", "foo_bar", "foo..bar", "foo[]", "foo [a]", "foo[a,b.c_d]>=1"),
        *("foo(>=1)", "foo[a](>=1)", "foo @ https://x/y.whl", "foo@git+https://x/y"),
        *("foo @ file:///x", "foo[a]@ /x", "'foo' >=1", "foo\t>=1"),
    ],
)
def test_requirement_begins_with_a_project(text: str) -> None:
    check_requirement(text)
    check_requirement(f"{text} ; os_name == 'a'")


@pytest.mark.parametrize(
    "text",
    [
        *("", "???", "-foo", "foo-", "foo.", "foo!", "foo bar", "foo, bar", "foo 1.0"),
        *(
            "foo (1.0)",
            "foo ()",
            "foo (>=1",
            "foo >=1)",
            "foo (>=1) (<2)",
            "foo # note",
        ),
        *("foo[a b]", "foo[!]", "foo[a-]", "foo[a] [b]", "foo @", "foo @ x", "foo;;"),
        *("foo @ ../x", "foo @ not a url", "_foo", "f\u00f6o"),
    ],
)
def test_what_is_no_requirement_is_refused(text: str) -> None:
    with pytest.raises(UnusableError, match=r"^METADATA requires "):
        check_requirement(text)


@pytest.mark.parametrize("marker", MARKERS)
def test_markers_compare(marker: str) -> None:
    check_requirement(f"foo>=1 ; {marker}")


@pytest.mark.parametrize("marker", NO_MARKERS)
def test_what_is_no_marker_is_refused(marker: str) -> None:
    with pytest.raises(UnusableError, match=r"^METADATA requires foo"):
        check_requirement(f"foo>=1 ; {marker}")


def test_a_deep_marker_is_read_in_a_line() -> None:
    check_requirement("foo ; " + "(" * 5000 + "extra == 'a'" + ")" * 5000)
