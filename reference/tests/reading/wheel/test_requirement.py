"""Requirements are those that pip and uv read; Python's versions, those of uv."""

from __future__ import annotations

import pytest
from manylinux_reference.reading.unusable import UnusableError
from manylinux_reference.reading.wheel.plain_requirement import is_plain_requirement
from manylinux_reference.reading.wheel.requirement import (
    check_python,
    check_requirement,
)

SPECIFIERS = [
    *("", ">=3", "~=3.6", "==3.*", ">=3, !=3.1.*, <4", "===1.0", "==1.0+a", ">=1!2"),
    *(">= v1.0", ">=1.0.0-beta.1", "~=1.0a1", "!=1.0-1", ">=1.0.dev"),
]
MENDED = [
    *(">=3.*", ">=3,", ">=3<4", "!=3.0*", "!=~5.0,>=4", ">dev", ">= '3'", ">=9.0a1.0"),
    *("<1.4.0',", ">=3.6, "),
]  # of what Python a wheel is for; pip refuses requirements with such slips
BROKEN = [
    *("3", "3.6", "=>3", ">=", "*", "~3.6", "^3.6", "foo", ">=3.6.x", ">=3||<4", "=1"),
    *("==1=2", ">1.x", "~=1", "~=1a1", "~=1.*", "==1.*.1", "==*", ">1.0+a", "===abc"),
    *(f">={'9' * 20}", "==1.0.dev1.*", "===1.*", ">=1,,<2", ">=1 2", ">=3 # note"),
]
MARKERS = [
    *("extra == 'a'", 'python_version<"3"', "os.name in 'a b'", "'a' in extra"),
    *("os_name not  in 'a'", "((os_name == ''))", "python_version > os_name"),
    *("python_version ~= '3.1'", "'3.1' ~= python_version", "platform_release~='5.1'"),
    "python_version > '3' and (os_name == 'a' or extra == 'b') or 'a' != os_name",
]
NO_MARKERS = [
    *("", "a", "os_name", "os_name ==", "os_name == 3", "os_name = 'a'", "os_name 'a'"),
    *("os_name == 'a' and", "(os_name == 'a'", "os_name == 'a')", "not os_name == 'a'"),
    *("os_name === 'a'", "os_name notin 'a'", "os_name == 'a", "extras in 'a'", "()"),
    *("os_name == 'a'; b", "os_name == 'a' # note", "(os_name == 'a') os_name == 'b'"),
    *("OS_NAME == 'a'", "os_name == 'a' AND os_name == 'b'", "bogus == '1'"),
    *("'a' == 'a'", "os_name ~= 'a'", "python_version ~= '3'", "extra ~= '1.0'"),
    *("'a' in extras", "os_name == '\\x'", "os_name == '\\'", "os_name == '\xa0'"),
    *("'1.0' ~= platform_release", "os_name == '=?utf-8?q?=27?='"),
    "(" * 51 + "os_name == 'a'" + ")" * 51,
]
ADDRESSES = [
    *("https://x.org/y.whl", "http://a:b@x:80/y.tar.gz#sha256=1", "git+https://x/y"),
    *("git+ssh://git@x.org/y.git@v1#subdirectory=z", "file:///x", "/x", "/x/y.whl"),
    *("https://127.0.0.1/y.zip?token", "https://x/y.git", "file:///x/a%20b.zip"),
]
NO_ADDRESSES = [
    *(
        "",
        "x",
        "../x",
        "not a url",
        "https://x/y",
        "https://x/y?z=a.whl",
        "ftp://x/y.whl",
    ),
    *("hg+https://x/y", "https://1.2.3.999/y.whl", "https://x:99999/y.whl", "https://"),
    *("https:///y.whl", "https://[x/y.whl", "https://x/y.whl;os_name=='a'", "y.whl"),
    *(
        "https://x/y.whl#sha256 =1",
        "svn://x/y.zip",
        "https://x/y.tar.Z",
        "https://x/y.ZIP",
    ),
    *("https://x/.whl", "git+https://x/y@a@b", "https://xn--abc/y.whl", "/.zip"),
]


@pytest.mark.parametrize("text", SPECIFIERS)
def test_versions_are_limited_as_pep_440_says(text: str) -> None:
    check_python(text)
    check_requirement(f"foo {text}")
    check_requirement(f"foo {text} ; extra == 'a'")
    if text:
        check_requirement(f"foo ({text}) ; extra == 'a'")


@pytest.mark.parametrize("text", MENDED)
def test_slips_are_mended_in_python_versions_alone(text: str) -> None:
    check_python(text)
    with pytest.raises(UnusableError, match=r"^METADATA requires foo"):
        check_requirement(f"foo {text}; extra == 'a'")


@pytest.mark.parametrize("text", ["foo>=3,", "foo [a] >=1,<2 , ", "foo\t>=1"])
def test_last_comma_and_space_are_nothing(text: str) -> None:
    check_requirement(text)


@pytest.mark.parametrize("address", ADDRESSES)
def test_address_is_one_of_an_archive_or_a_repository(address: str) -> None:
    check_requirement(f"foo @ {address}")
    check_requirement(f"foo[a]@{address} ; os_name == 'a'")


@pytest.mark.parametrize("address", NO_ADDRESSES)
def test_other_addresses_are_refused(address: str) -> None:
    with pytest.raises(UnusableError, match=r"^METADATA requires foo"):
        check_requirement(f"foo @ {address}")


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
        *("foo(>=1)", "foo[a](>=1)", "FOO", "foo [ a , b ] "),
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
        *("foo[a b]", "foo[!]", "foo[a-]", "foo[a] [b]", "foo;;", "_foo", "f\u00f6o"),
        *("foo ,", "foo (>=1),", "foo (>=1,)", "'foo' >=1", "foo\r >=1", "foo\xa0>=1"),
        *("foo ===1, <2", "foo >=1, ===1.0,<2"),
    ],
)
def test_what_is_no_requirement_is_refused(text: str) -> None:
    with pytest.raises(UnusableError, match=r"^METADATA requires "):
        check_requirement(text)
    assert not is_plain_requirement(text)


@pytest.mark.parametrize("marker", MARKERS)
def test_markers_compare(marker: str) -> None:
    check_requirement(f"foo>=1 ; {marker}")


@pytest.mark.parametrize("marker", NO_MARKERS)
def test_what_is_no_marker_is_refused(marker: str) -> None:
    with pytest.raises(UnusableError, match=r"^METADATA requires foo"):
        check_requirement(f"foo>=1 ; {marker}")


def test_a_deep_marker_is_read_in_a_line() -> None:
    check_requirement("foo ; " + "(" * 50 + "extra == 'a'" + ")" * 50)
    with pytest.raises(UnusableError):
        check_requirement("foo ; " + "(" * 50_000 + "extra == 'a'" + ")" * 50_000)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "foo  @   https://x.org/y.whl",
            "foo @ https://x.org/y.whl   ; os_name == 'a'",
        ),
        *(
            "  foo  ",
            "\tfoo\t",
            "foo   >=1  ; os_name == 'a'  ",
            "foo >=1 ;os_name=='a' ",
        ),
        *("foo ; 'a' not in os_name and 'b' in os_name", "foo; os_name not in 'a'"),
    ],
)
def test_blanks_are_nothing(text: str) -> None:
    check_requirement(text)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "foo @ https://x.org/y.whl os_name == 'a'",
            "foo @ https://x.org/\u00e9.whl?",
        ),
        *("foo X", "Xfoo >=1 X", "foo (>=1", "foo >=1)", "foo (X", "foo ( )", "foo ()"),
        *(
            "foo >=1 X; os_name == 'a'",
            "foo; os_name == 'a' X",
            "foo; X os_name == 'a'",
        ),
        *(
            "foo; os_name in not 'a'",
            "foo; not 'a' in os_name",
            "foo; os_name == 'a' XXXX",
        ),
        *("foo;os_name=='a'\x0c", "\x0cfoo", "foo @ \x0chttps://x.org/y.whl"),
    ],
)
def test_other_letters_are_something(text: str) -> None:
    with pytest.raises(UnusableError, match=r"^METADATA requires"):
        check_requirement(text)


@pytest.mark.parametrize(
    "variable", ["python_version", "python_full_version", "implementation_version"]
)
def test_any_text_is_compatible_with_a_version_of_python(variable: str) -> None:
    check_requirement(f"foo; 'a' ~= {variable}")
    check_requirement(f"foo; {variable} ~= '3.1'")
