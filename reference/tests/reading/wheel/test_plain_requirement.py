"""What is recognized without a grammar is what the grammar and packaging read too."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from manylinux_reference.reading.wheel.plain_requirement import (
    are_plain_specifiers,
    is_plain_requirement,
)
from manylinux_reference.reading.wheel.requirement import (
    check_python,
    check_requirement,
)
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

PIECES = st.sampled_from(
    [
        *(
            "a",
            "B",
            "0",
            "1",
            "20",
            "9" * 20,
            ".",
            "-",
            "_",
            " ",
            ",",
            ";",
            "(",
            ")",
            "[]",
            "[a]",
            "[",
            "]",
        ),
        *(
            "<",
            ">",
            "=",
            "!",
            "==",
            ">=",
            "!=",
            "~=",
            ".*",
            "and",
            "or",
            "'",
            '"',
            "'x'",
        ),
        *("extra", "python_version", "os_name", "foo", "é", "٣", "\\", "?"),
    ]
)
TEXTS = st.lists(PIECES, max_size=12).map("".join)


@pytest.mark.parametrize(
    "text",
    [
        *("foo", "foo_bar.baz", "foo>=1", "foo !=4.7.0,>=4.6.0", "foo (>=1,<2)"),
        *("foo~=1.2", "foo[bar]", "foo[bar,b-z]>=1; os_name == 'nt'"),
        *(
            "foo; (python_version < '3.10') and extra == 'a'",
            "foo; ( os_name == 'nt' )or extra == 'a'",
            "foo; (os_name == 'nt' or os_name == 'os2') and extra == 'a'",
        ),
        *("foo; extra == 'test'", 'foo ==1.*; extra == "a" and python_version < "3.8"'),
    ],
)
def test_usual_requirement_needs_no_grammar(text: str) -> None:
    assert is_plain_requirement(text)


@pytest.mark.parametrize(
    "text",
    [
        *("", "-foo", "foo.", "foo bar", "foo 1.0", "foo=>1", "foo>=1..2", "foo>=1.*"),
        *(
            "foo\r >=1",
            "foo\t>=1",
            "foo;",
            "foo; extra",
            "foo; extra == 'a' and",
            "foo; extra == a",
            "foo>=٣",
        ),
        *("foo; extra == 'a' nor extra == 'b'", "foo; extra == '''", "foo; bar == 'a'"),
        *(r"foo; os_name == '\x'", "foo; os_name == '=?utf-8?q?=27?='"),
        f"foo>={'9' * 20}",
        *("foo[", "foo[]>=1", "foo[a", "foo[a,]", "foo[-a]", "foo[a b]", "foo[a]b"),
        *("foo~=1", "foo~=1.*", "foo~1.2", "foo; python_version ~= '3.8'"),
        *(
            "foo; (os_name == 'nt')",
            "foo; (os_name == 'nt' and extra == 'a'",
            "foo; (os_name == 'nt') extra == 'a'",
            "foo; (os_name == 'nt') and",
            "foo; () and os_name == 'nt'",
            "foo; ((os_name == 'nt') and extra == 'a') and os_name == 'nt'",
            "foo; (os_name == 'nt') and (extra == 'a')",
        ),
    ],
)
def test_what_may_be_none_is_left_to_the_grammar(text: str) -> None:
    assert not is_plain_requirement(text)


@given(TEXTS, TEXTS)
@example("foo>=1", " extra=='x'")
@example("foo[a,b]", "(os_name == 'x')and extra == 'x'")
def test_plain_requirement_is_one_for_the_grammar_and_packaging(
    head: str, marker: str
) -> None:
    for text in (head, f"{head};{marker}", f"foo {head}", f"foo; {marker}"):
        if is_plain_requirement(text):
            check_requirement(text)
            Requirement(text)


@given(TEXTS)
@example(">=3.9,!=3.10.*")
@example("~=3.9")
def test_plain_specifiers_are_so_for_the_grammar_and_packaging(text: str) -> None:
    if are_plain_specifiers(text):
        check_python(text)
        SpecifierSet(text)


@pytest.mark.parametrize(
    ("text", "is_plain"),
    [
        *(("f", True), ("f-", False), ("f-b", True), ("-f", False), ("f.b_c", True)),
        *(("foo ()", False), ("foo (>=1", False), ("foo(==1.0)", True)),
        *(
            (f"foo>={'9' * 19}", True),
            (f"foo>={'9' * 20}", False),
            ("foo<=1,>0,!=0.5,==0.7", True),
        ),
        *(("foo; os_name == 'a' or os_name != 'b'", True),),
        *(("foo; os_name == 'a' or os_name != 'b' and extra == 'c'", True),),
        *(("foo; os_name == 'a' or os_name != 'b' nor extra == 'c'", False),),
        *(("foo; os_name == 'a' OR os_name != 'b'", False),),
        *(("foo; os_name == 'a' or os_name != b", False),),
    ],
)
def test_plain_is_what_needs_no_grammar(text: str, is_plain: bool) -> None:
    assert is_plain_requirement(text) is is_plain
