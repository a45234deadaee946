"""Causes: names as tools read them, and what they predict."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from manylinux_conformance.data_folders import data_folder
from manylinux_conformance.results.blocks import Block, read_results
from manylinux_conformance.results.verdicts import DIFFERING
from tests.offers.causes import Answers, Cause, needed, read_causes, unpredicted
from tests.offers.generate import Offer

MEMBER = Cause(
    id="m", tools=("t",), rule="r", why="w", member="linux_(.*)", reads=r"last_\1"
)
FILE = Cause(id="f", tools=("t",), rule="r", why="w", file=r".*[+].*", reads="")
NO_NAMES = ("odd-characters",)  # no text says which letters a name may have
OFFER = Offer("offer1", ("offer1-1-py3-none-b.whl", "offer1-1-py3-none-linux_a.whl"))


@pytest.fixture(scope="module")
def blocks() -> Sequence[Block]:
    """Return the answers on file."""
    return read_results(data_folder("results"))


def by_name(offers: Sequence[Offer]) -> Answers:
    """Take the first file by the end of its name."""
    return [
        min(offer.files, key=lambda name: (name.partition("-")[2], name), default=None)
        for offer in offers
    ]


@pytest.mark.parametrize(
    ("cause", "name", "read"),
    [
        (MEMBER, "p-1-py3-none-linux_a.whl", "p-1-py3-none-last_a.whl"),
        (MEMBER, "p-1-py3-none-x.linux_a.y.whl", "p-1-py3-none-x.last_a.y.whl"),
        (MEMBER, "linux_a-1-py3-none-any.whl", "linux_a-1-py3-none-any.whl"),
        (FILE, "p-1-py3-none-+2.whl", ""),
        (FILE, "p-1-py3-none-2.whl", "p-1-py3-none-2.whl"),
    ],
)
def test_name_is_read_as_the_tool_reads_it(cause: Cause, name: str, read: str) -> None:
    assert cause.read(name) == read


def test_answer_that_no_cause_predicts_is_found() -> None:
    first, second = OFFER.files
    assert unpredicted(by_name, [OFFER, OFFER], [first, second], ()) == {1}
    assert unpredicted(by_name, [OFFER], [None], ()) == {0}


def test_cause_is_needed_where_nothing_else_predicts_the_answer() -> None:
    offer = Offer("offer2", ("offer2-1-py3-none-+.whl", "offer2-1-py3-none-any.whl"))
    counts = needed(by_name, [offer], [offer.files[1]], [FILE, MEMBER])
    assert counts == {"f": 1, "m": 0}


def test_causes_on_file_have_names_of_their_own() -> None:
    causes = read_causes()
    assert len({cause.id for cause in causes}) == len(causes)
    assert all(bool(cause.member) != bool(cause.file) for cause in causes)


@pytest.mark.parametrize(
    ("tool", "cause"),
    [
        (tool, cause)
        for cause in read_causes()
        for tool in cause.tools
        if cause.id not in NO_NAMES
    ],
)
def test_what_random_offers_show_a_case_shows_too(
    tool: str, cause: Cause, blocks: Sequence[Block]
) -> None:
    assert any(
        result.rule == cause.rule and result.verdict in DIFFERING and not result.control
        for block in blocks
        if block.header.tool == tool
        for result in block.results
    )
