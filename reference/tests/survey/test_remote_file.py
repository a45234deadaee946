"""A wheel that a server has is read by ranges, and judged like one that is here."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from manylinux_reference.rules.findings import Outcome
from manylinux_survey.judge import judge
from manylinux_survey.rows import Judged, Offer, Settings

from .conftest import Server

AGENT = "manylinux-survey tests"
Serve = Callable[[Path], Server]


def remote(server: Server, name: str, size: int = 0, largest: int = 2**30) -> Judged:
    settings = Settings(agent=AGENT, largest=largest)
    return judge(Offer(name, f"{server.address}/{name}", size=size), settings)


def verdict(judged: Judged) -> Judged:
    """Return what does not depend on where the wheel was."""
    plain = Judged(offer=Offer("", ""), outcome="")
    kept = {"outcome", "claims", "findings", "oldest", "elf_files", "error", "member"}
    return msgspec.structs.replace(
        plain, **{name: getattr(judged, name) for name in kept}
    )


@pytest.mark.parametrize("ranges", [True, False])
def test_wheels_are_judged_alike_here_and_from_a_server(
    wheels: Path, serve: Serve, ranges: bool
) -> None:
    server = serve(wheels)
    server.ranges = ranges
    for path in sorted(wheels.iterdir()):
        here = judge(Offer(path.name, str(path)), Settings())
        assert verdict(remote(server, path.name)) == verdict(here), path.name


def test_most_of_a_large_wheel_is_not_fetched(large: Path, serve: Serve) -> None:
    [path] = large.iterdir()
    server = serve(large)
    judged = remote(server, path.name)
    assert judged.outcome == Outcome.HOLDS
    assert not judged.whole
    assert judged.unread == sum(
        ".json" in name or ".py" in name for name in names(path)
    )
    assert judged.fetched == server.sent < 20_000
    assert judged.requests == len(server.asked)
    assert judged.size == path.stat().st_size
    assert server.agents == {AGENT}


def names(path: Path) -> list[str]:
    with zipfile.ZipFile(path) as archive:
        return archive.namelist()


def test_server_without_ranges_gives_the_whole_and_the_hashes_are_checked(
    large: Path, serve: Serve
) -> None:
    [path] = large.iterdir()
    server = serve(large)
    server.ranges = False
    judged = remote(server, path.name)
    assert judged.whole
    assert judged.unread == 0
    assert server.sent == path.stat().st_size
    assert judged.outcome == Outcome.HOLDS


@pytest.mark.parametrize("known", [{}, {"size": True}])
def test_answer_that_breaks_off_is_asked_for_again_from_there(
    large: Path, serve: Serve, known: dict[str, bool]
) -> None:
    [path] = large.iterdir()
    server = serve(large)
    server.breaks_off = 2
    size = path.stat().st_size if known else 0
    assert remote(server, path.name, size=size).outcome == Outcome.HOLDS


@pytest.mark.parametrize(
    ("trouble", "reason"),
    [
        ({"breaks_off": 10_000}, "the server's answer breaks off"),
        ({"refuses": 10_000}, "503 Service Unavailable"),
        ({"folder": Path("/nonexistent")}, "404 Not Found"),
        ({"address": "http://127.0.0.1:1"}, "ConnectionError"),
    ],
)
def test_wheel_that_the_server_does_not_give_is_not_judged(
    large: Path, serve: Serve, trouble: dict[str, object], reason: str
) -> None:
    [path] = large.iterdir()
    server = serve(large)
    for name, value in trouble.items():
        setattr(server, name, value)
    judged = remote(server, path.name)
    assert judged.outcome == Outcome.NOT_JUDGED
    assert judged.error == f"could not be fetched: {reason}"


def test_server_that_is_busy_is_asked_again(large: Path, serve: Serve) -> None:
    [path] = large.iterdir()
    server = serve(large)
    server.refuses = 2
    assert remote(server, path.name).outcome == Outcome.HOLDS


def test_wheel_too_large_for_a_server_without_ranges_is_not_fetched(
    large: Path, serve: Serve
) -> None:
    [path] = large.iterdir()
    server = serve(large)
    server.ranges = False
    judged = remote(server, path.name, largest=1000)
    assert judged.outcome == Outcome.NOT_JUDGED
    assert "the server knows no ranges" in judged.error


def test_file_of_another_size_than_the_index_says_is_not_judged(
    large: Path, serve: Serve
) -> None:
    [path] = large.iterdir()
    judged = remote(serve(large), path.name, size=path.stat().st_size - 10)
    assert judged.outcome == Outcome.NOT_JUDGED
    assert "another one than the source" in judged.error
