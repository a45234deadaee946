"""The protocol: JSON lines in, JSON lines out."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st
from manylinux_reference.commands import serve
from manylinux_reference.commands.target import Target
from manylinux_reference.mutants.mutation import (
    mutations,
)
from manylinux_reference.rules.installer.order import platform_tags
from manylinux_reference.rules.installer.platform import Environment

GLIBC_2_28 = {
    "platform": "linux-x86_64",
    "confstr": "glibc 2.28",
    "gnu_get_libc_version": "2.28",
    "static": False,
    "interpreter": "",
}
OFFER = ["p-1-py3-none-any.whl", "p-1-py3-none-manylinux_2_28_x86_64.whl"]
VETO = "def manylinux_compatible(*a): return False"


def nowhere() -> Target:
    return Target(Environment((), "", None))


def ask(**request: object) -> dict[str, object]:
    return serve.respond(json.dumps(request), nowhere)


def choice(**more: object) -> object:
    return ask(ask="choose", offer=OFFER, answers=GLIBC_2_28, **more)["choose"]


def test_tag_is_parsed() -> None:
    assert ask(ask="parse", tag="manylinux2014_x86_64") == {
        "valid": True,
        "canonical": "manylinux_2_17_x86_64",
        "arch": "x86_64",
    }
    assert ask(ask="parse", tag="linux_x86_64") == {"valid": False}


def test_set_is_expanded_or_refused() -> None:
    assert ask(ask="expand", set="py3-none-a.b") == {
        "tags": ["py3-none-a", "py3-none-b"]
    }
    assert "refused" in ask(ask="expand", set="py3-none-a..b")


def test_wheel_is_chosen_for_the_told_system() -> None:
    assert choice() == OFFER[1]
    assert ask(ask="choose", offer=OFFER)["choose"] == OFFER[0]
    assert ask(ask="choose", offer=[])["choose"] is None


def test_system_of_the_tool_itself_does_not_matter() -> None:
    assert choice(tool=GLIBC_2_28 | {"confstr": "glibc 2.5"}) == OFFER[1]


@pytest.mark.parametrize(
    ("place", "chosen"),
    [
        ("standard-library", OFFER[0]),
        ("site-packages", OFFER[0]),
        ("pythonpath", OFFER[1]),
        ("working-directory", OFFER[1]),
    ],
)
def test_told_module_counts_in_the_target_alone(place: str, chosen: str) -> None:
    assert choice(module=VETO, module_at=place) == chosen


def test_broken_module_refuses_everything() -> None:
    said = ask(ask="choose", offer=OFFER, answers=GLIBC_2_28, module="1 / 0")
    assert said == {
        "choose": None,
        "reason": "_manylinux: ZeroDivisionError: division by zero",
    }
    assert "error" in ask(ask="listing", answers=GLIBC_2_28, module="1 / 0")


def test_explicit_target_replaces_the_system() -> None:
    assert choice(target="manylinux2014_x86_64") == OFFER[0]
    assert choice(target="manylinux_2_28_x86_64", module=VETO) == OFFER[1]
    assert "error" in ask(ask="choose", offer=OFFER, target="win_amd64")


def test_listing_is_the_ordered_list() -> None:
    environment = Environment(("x86_64",), "x86_64", (2, 28))
    listed = ask(ask="listing", answers=GLIBC_2_28)
    assert listed == {"tags": platform_tags(environment)}


def test_metadata_does_not_decide() -> None:
    wheel = {OFFER[0]: ["py3-none-win_amd64"]}
    assert ask(ask="choose", offer=OFFER[:1], wheel=wheel)["choose"] == OFFER[0]


@pytest.mark.parametrize(
    "line",
    [
        "",
        "{",
        "[]",
        "null",
        "{}",
        '{"ask": "sing"}',
        '{"ask": ["parse"]}',
        '{"ask": "parse"}',
        '{"ask": "parse", "tag": 3}',
        '{"ask": "choose"}',
        '{"ask": "choose", "offer": "p-1-py3-none-any.whl"}',
        '{"ask": "choose", "offer": [3]}',
        '{"ask": "choose", "offer": [], "wheel": []}',
        '{"ask": "choose", "offer": ["p"], "wheel": {"p": 3}}',
        '{"ask": "choose", "offer": [], "target": 3}',
        '{"ask": "choose", "offer": [], "answers": {}}',
        '{"ask": "choose", "offer": [], "answers": {"platform": 3}}',
        '{"ask": "choose", "offer": [], "answers": {"platform": "", "kernel": ""}}',
        '{"ask": "listing", "answers": {"platform": "", "interpreter": "x"}}',
        '{"ask": "listing", "mutation": "tag.form:none"}',
        '{"ask": "listing", "mutation": 3}',
        "[" * 100_000,
    ],
)
def test_bad_request_is_answered_with_an_error(line: str) -> None:
    assert list(serve.respond(line, nowhere)) == ["error"]


def test_module_at_an_unknown_place_is_an_error() -> None:
    request = {"ask": "listing", "answers": GLIBC_2_28, "module": VETO}
    assert "error" in ask(**request, module_at="moon")


@given(st.text())
def test_any_line_is_answered(line: str) -> None:
    json.dumps(serve.respond(line, nowhere))


def test_line_without_end_is_refused_and_the_next_one_answered() -> None:
    lines = "x" * (3 * serve.LONGEST_LINE) + '\n{"ask": "parse", "tag": "any"}\n'
    answers = io.StringIO()
    serve.serve(io.StringIO(lines), answers)
    assert [json.loads(line) for line in answers.getvalue().splitlines()] == [
        {"error": "the line is too long"},
        {"valid": False},
    ]


def test_process_answers_for_its_own_system() -> None:
    questions = '{"ask": "listing"}\n{"ask": "mutations"}\n'
    process = subprocess.run(
        [sys.executable, "-m", "manylinux_reference.commands.serve"],
        input=questions,
        capture_output=True,
        text=True,
        check=True,
    )
    listing, named = map(json.loads, process.stdout.splitlines())
    assert listing["tags"]
    assert named["mutations"] == mutations()


def test_bytes_that_are_no_text_are_answered_with_an_error() -> None:
    process = subprocess.run(
        [sys.executable, "-m", "manylinux_reference.commands.cli", "serve"],
        input=b'\xff\xfe\n{"ask": "parse", "tag": "\xff"}\n',
        capture_output=True,
        check=True,
    )
    first, second = map(json.loads, process.stdout.splitlines())
    assert list(first) == ["error"]
    assert second == {"valid": False}


def test_mutation_is_in_force_for_one_answer_only() -> None:
    tag = "manylinux_02_17_x86_64"
    mutation = "installer.tag.leading-zeros:off"
    broken = ask(ask="parse", tag=tag, mutation=mutation)
    assert broken["canonical"] != "manylinux_2_17_x86_64"
    assert ask(ask="parse", tag=tag)["canonical"] == "manylinux_2_17_x86_64"


def test_every_rule_names_its_mutations() -> None:
    named = ask(ask="mutations")["mutations"]
    assert isinstance(named, dict)
    assert named["tag.version.digits"] == ["signs", "unicode"]
    assert all(named.values())


HARD_FLOAT = (
    "7f454c46010101" + 9 * "00" + "02002800" + 16 * "00" + "00040005" + 12 * "00"
)
SYSTEMS = [
    GLIBC_2_28,
    GLIBC_2_28 | {"platform": "linux-i386", "confstr": None},
    GLIBC_2_28 | {"platform": "linux-i686", "confstr": "glibc 2.28-3"},
    GLIBC_2_28 | {"platform": "linux-riscv64"},
    GLIBC_2_28 | {"platform": "linux-armv7l", "interpreter": HARD_FLOAT},
    GLIBC_2_28 | {"platform": "linux-aarch64", "interpreter": HARD_FLOAT},
    GLIBC_2_28 | {"confstr": None, "gnu_get_libc_version": "2", "platform": "linux-x"},
    GLIBC_2_28 | {"confstr": "glibc 3.1"},
]
OFFERED = [
    "manylinux_2_19_x86_64.manylinux_2_19_riscv64",
    "quux.manylinux2014_i686",
    "any.any",
]
MODULES = [
    "1 / 0",
    "manylinux1_compatible = 0",
    "def manylinux_compatible(*a): 1 / 0",
    "def manylinux_compatible(*a): return a[1] if a[1] > 9 else None",
]
REQUESTS: list[Mapping[str, object]] = [
    *({"ask": "parse", "tag": tag} for tag in ("manylinux2_x", "manylinux", "linux_x")),
    *({"ask": "parse", "tag": f"manylinux_2_17_{arch}"} for arch in ("x86_64", "x_v3")),
    *({"ask": "expand", "set": f"py2.py3-none-{platform}"} for platform in OFFERED),
    *({"ask": "listing", "answers": system} for system in SYSTEMS),
    *({"ask": "listing", "answers": GLIBC_2_28, "module": one} for one in MODULES),
    *(
        {"ask": "choose", "offer": [f"p-1-py3-none-{platform}.whl"], "answers": system}
        for platform in OFFERED
        for system in SYSTEMS
    ),
    *(
        {"ask": "choose", "offer": OFFER, "target": target, "wheel": {OFFER[0]: ["a"]}}
        for target in ("manylinux2014_x86_64", "manylinux_2_28_x86_64")
    ),
]


def test_every_mutation_answers_every_kind_of_question() -> None:
    about_tags = ("tag.", "platform.", "installer.", "override.")
    for rule, names in mutations().items():
        for name in names if rule.startswith(about_tags) else ():
            for request in REQUESTS:
                said = ask(**request, mutation=f"{rule}:{name}")
                assert set(said) & {"choose", "valid", "tags", "refused", "error"}
