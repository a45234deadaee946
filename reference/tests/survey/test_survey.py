"""A survey judges each wheel once, goes on after a kill, and loses no row."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import filelock
import pyarrow.parquet as pq
import pytest
from manylinux_reference.commands.many_wheels import report_on
from manylinux_survey import workers
from manylinux_survey.errors import SurveyError
from manylinux_survey.rows import Judged, Offer, Settings
from manylinux_survey.survey import Wanted, survey

from .conftest import Server

Serve = Callable[[Path], Server]
COMMAND = (sys.executable, "-m", "manylinux_reference.commands.cli", "survey")
PATIENCE = 120  # seconds for what takes one


def judged_in(folder: Path) -> dict[str, str]:
    """Return the outcome of each wheel in the table, which names each once."""
    table = pq.read_table(folder / "wheels.parquet").to_pylist()
    assert len({row["filename"] for row in table}) == len(table)
    return {row["filename"]: row["outcome"] for row in table}


def expected(wheels: Path) -> dict[str, str]:
    return {path.name: report_on(str(path)).outcome for path in wheels.iterdir()}


def test_every_wheel_of_a_folder_has_its_row(wheels: Path, tmp_path: Path) -> None:
    summary = survey(Wanted(sources=[str(wheels)], output=tmp_path, workers=2))
    outcomes = expected(wheels)
    assert judged_in(tmp_path) == outcomes
    assert summary.outcomes == dict(Counter(outcomes.values()))
    findings = pq.read_table(tmp_path / "findings.parquet").to_pylist()
    for path in wheels.iterdir():
        report = report_on(str(path))
        count = sum(len(claim.against) for claim in report.claims) + len(report.advice)
        assert sum(row["filename"] == path.name for row in findings) == count
    assert sum(one.claims for one in summary.by_level) == sum(
        len(report_on(str(path)).claims) for path in wheels.iterdir()
    )


def test_page_and_summary_say_the_same(wheels: Path, tmp_path: Path) -> None:
    summary = survey(Wanted(sources=[str(wheels)], output=tmp_path, workers=1))
    told = json.loads((tmp_path / "summary.json").read_text())
    page = (tmp_path / "report.html").read_text()
    assert told["wheels"] == summary.wheels == len(list(wheels.iterdir()))
    for reason in told["reasons"]:
        assert f"<td>{reason['rule']}" in page
    assert page.count("<svg") == 3


def test_same_wheel_in_two_sources_is_judged_once(wheels: Path, tmp_path: Path) -> None:
    sources = [str(wheels), str(wheels)]
    summary = survey(Wanted(sources=sources, output=tmp_path, workers=1))
    count = len(list(wheels.iterdir()))
    assert (summary.wheels, summary.repeated) == (count, count)


def test_list_names_addresses_and_paths(
    wheels: Path, tmp_path: Path, serve: Serve
) -> None:
    server = serve(wheels)
    first, second, *_ = sorted(wheels.iterdir())
    lines = ["# wheels", f"{server.address}/{first.name}", "", str(second)]
    (tmp_path / "list.txt").write_text("\n".join(lines))
    wanted = Wanted(
        sources=[str(tmp_path / "list.txt")], output=tmp_path / "out", workers=1
    )
    survey(wanted)
    assert set(judged_in(tmp_path / "out")) == {first.name, second.name}


INDEX = {
    "": '<a href="one/">one</a><a href="two/">two</a>',
    "one": """<a href="/{new}">{new}</a><a href="/{old}">{old}</a>
              <a href="/one-3-py3-none-any.whl">one-3-py3-none-any.whl</a>""",
    "two": '<a href="/{yanked}" data-yanked="">{yanked}</a>',
}


@pytest.fixture
def index(wheels: Path, tmp_path: Path, serve: Serve) -> tuple[Server, dict[str, str]]:
    """Return a server of an index with three wheels for Linux, one of them yanked."""
    content = next(iter(sorted(wheels.iterdir()))).read_bytes()
    names = {
        "new": "one-2-cp311-cp311-manylinux_2_17_x86_64.whl",
        "old": "one-1-cp311-cp311-manylinux_2_17_x86_64.whl",
        "yanked": "two-1-cp311-cp311-manylinux_2_17_x86_64.whl",
    }
    root = tmp_path / "index"
    for page, text in INDEX.items():
        (root / "simple" / page).mkdir(parents=True, exist_ok=True)
        (root / "simple" / page / "index.html").write_text(text.format(**names))
    for name in names.values():
        (root / name).write_bytes(content)
    return serve(root), names


@pytest.mark.parametrize(
    ("everything", "project", "chosen"),
    [
        (False, None, set()),
        (True, None, {"new", "old"}),
        (True, "two", set()),
    ],
)
def test_index_gives_the_newest_files_or_all(
    index: tuple[Server, dict[str, str]],
    tmp_path: Path,
    everything: bool,
    project: str | None,
    chosen: set[str],
) -> None:
    server, names = index
    projects = None
    if project:
        projects = tmp_path / "projects.txt"
        projects.write_text(project)
    wanted = Wanted(
        sources=[f"{server.address}/simple/"],
        output=tmp_path / "out",
        projects=projects,
        everything=everything,
        workers=1,
    )
    survey(wanted)
    # The newest release, 3, has nothing for Linux alone.
    assert set(judged_in(tmp_path / "out")) == {names[name] for name in chosen}


def test_survey_goes_on_after_a_kill(
    wheels: Path, tmp_path: Path, serve: Serve
) -> None:
    server = serve(wheels)
    server.delay = 0.2
    addresses = [f"{server.address}/{path.name}" for path in wheels.iterdir()]
    (tmp_path / "list.txt").write_text("\n".join(addresses))
    output = tmp_path / "out"
    arguments = [str(tmp_path / "list.txt"), "--output", str(output)]
    with subprocess.Popen(
        [*COMMAND, *arguments, "--workers", "2", "--per-second", "0"],
        start_new_session=True,
        stderr=subprocess.DEVNULL,
    ) as process:
        journal = output / "journal.jsonl"
        wait_for(lambda: journal.exists() and len(lines(journal)) > 4)
        os.killpg(process.pid, signal.SIGKILL)
    kept = {json.loads(line)["offer"]["address"] for line in lines(journal)[1:]}
    with journal.open("ab") as file:
        file.write(b'{"offer":{"filename":"cut off')
    asked = len(server.asked)
    server.delay = 0.0
    survey(Wanted(sources=arguments[:1], output=output, workers=2))
    again = {f"{server.address}{path}" for path, _ in server.asked[asked:]}
    assert not again & kept
    assert judged_in(output) == expected(wheels)


def lines(path: Path) -> list[bytes]:
    """Return the whole lines of a file."""
    return [
        line
        for line in path.read_bytes().splitlines(keepends=True)
        if line[-1:] == b"\n"
    ]


def wait_for(is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.05)


def dies(offer: Offer, settings: Settings) -> Judged:
    """Judge as a worker does that one wheel kills."""
    if offer.filename == "deadly":
        os.kill(os.getpid(), signal.SIGKILL)
    if offer.filename == "endless":
        time.sleep(PATIENCE)
    return Judged(offer=offer, outcome=f"hashes: {settings.hashes}")


def test_wheel_that_kills_its_worker_is_not_judged_and_the_rest_goes_on() -> None:
    names = ["a", "deadly", "b", "endless", "c", "deadly", "d"]
    offers = (Offer(name, name) for name in names)
    with workers.on_this_machine(2, 5, dies) as submit:
        found = list(workers.judged(offers, submit, 2, Settings()))
    told = sorted((one.offer.filename, one.outcome, one.error) for one in found)
    died = "the process that judged it ended: ProcessExpired"
    assert told == [
        *((name, "hashes: True", "") for name in "abcd"),
        *(("deadly", "not-judged", died),) * 2,
        ("endless", "not-judged", "took too long"),
    ]


def test_two_surveys_do_not_write_in_one_folder(wheels: Path, tmp_path: Path) -> None:
    with (
        filelock.FileLock(tmp_path / ".lock"),
        pytest.raises(SurveyError, match="another survey writes there"),
    ):
        survey(Wanted(sources=[str(wheels)], output=tmp_path))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            lambda text: text.replace('"hashes":true', '"hashes":false'),
            "other settings",
        ),
        (lambda text: text.replace('"outcome"', '"income"', 1), "line 2: "),
        (lambda text: text.replace("{", "", 1), "line 1: "),
    ],
)
def test_journal_of_another_survey_is_not_gone_on_with(
    wheels: Path, tmp_path: Path, change: Callable[[str], str], said: str
) -> None:
    wanted = Wanted(sources=[str(wheels)], output=tmp_path, workers=1)
    survey(wanted)
    journal = tmp_path / "journal.jsonl"
    journal.write_text(change(journal.read_text()))
    with pytest.raises(SurveyError, match=said):
        survey(wanted)


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("/nonexistent/list", "/nonexistent/list: No such file or directory"),
        ("http://127.0.0.1:1/simple/", "http://127.0.0.1:1/simple/: ConnectionError"),
        (sys.executable, "is not a list of addresses"),
    ],
)
def test_source_that_cannot_be_read_is_one_line(
    tmp_path: Path, source: str, said: str
) -> None:
    done = subprocess.run(
        [*COMMAND, source, "--output", str(tmp_path / "out"), "--workers", "1"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert said in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.fixture
def cluster() -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """Start a Dask scheduler and three workers, each a process."""
    port = free_port()
    address = f"tcp://127.0.0.1:{port}"
    dask = (sys.executable, "-W", "ignore", "-m", "dask")
    local = ("--host", "127.0.0.1", "--no-dashboard")
    scheduler = start(*dask, "scheduler", "--port", str(port), *local)
    worker = (*dask, "worker", address, "--nthreads", "1", "--no-nanny", *local)
    processes = [start(*worker) for _ in range(3)]
    yield address, processes
    for process in (*processes, scheduler):
        process.kill()
        process.wait()


def start(*command: str) -> subprocess.Popen[bytes]:
    null = subprocess.DEVNULL
    return subprocess.Popen(command, stdout=null, stderr=null)


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def test_cluster_judges_as_one_machine_does_though_a_worker_is_killed(
    wheels: Path,
    tmp_path: Path,
    serve: Serve,
    cluster: tuple[str, list[subprocess.Popen[bytes]]],
) -> None:
    server = serve(wheels)
    server.delay = 0.3
    addresses = [f"{server.address}/{path.name}" for path in wheels.iterdir()]
    (tmp_path / "list.txt").write_text("\n".join(addresses))
    scheduler, processes = cluster
    output = tmp_path / "out"
    arguments = [str(tmp_path / "list.txt"), "--output", str(output)]
    with subprocess.Popen(
        [*COMMAND, *arguments, "--scheduler", scheduler, "--per-second", "0"],
        stderr=subprocess.PIPE,
    ) as process:
        wait_for(lambda: len(server.asked) > 2)
        processes[0].kill()
        _, said = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, said
    assert judged_in(output) == expected(wheels)


def test_scheduler_that_is_not_there_is_one_line(wheels: Path, tmp_path: Path) -> None:
    with pytest.raises(SurveyError, match="no Dask scheduler answers at"):
        survey(
            Wanted(
                sources=[str(wheels)],
                output=tmp_path,
                scheduler=f"tcp://127.0.0.1:{free_port()}",
            )
        )
