"""A running container: what ends in it, what ends it, and what it keeps out."""

import contextlib
import gc
import io
import os
import re
import signal
import tarfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest
from manylinux_conformance.containers.available import ReadyContainer
from manylinux_conformance.containers.live_containers import owner
from manylinux_conformance.containers.running_container import (
    RunningContainer,
    started,
)
from manylinux_conformance.errors import (
    EngineError,
    LostContainerError,
    UnusableImageError,
)
from manylinux_conformance.images.engine import LABEL, Engine
from manylinux_conformance.images.interruption import Interrupted
from manylinux_conformance.platforms.catalogue import Container
from manylinux_conformance.sandbox.process import LARGEST_OUTPUT, ProcessResult

SLEEP = "import time; time.sleep(600)"
CRASH = "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)"
# A program file for a machine that does not exist, as any foreign one is to a kernel
# without a handler for it.
FOREIGN = (
    b"\x7fELF\x02\x01\x01"
    + bytes(9)
    + (2).to_bytes(2, "little")
    + (0x1234).to_bytes(2, "little")
    + (1).to_bytes(4, "little")
    + bytes(40)
)

MakeReady = Callable[..., ReadyContainer]
MakeRunning = Callable[..., RunningContainer]
RunPython = Callable[..., ProcessResult]
FORMAT_ERROR = r"exec format error.*platforms doctor"


def containers(engine: Engine) -> list[str]:
    """Return the containers of this process, the newest first."""
    found = engine.client.api.containers(all=True, filters={"label": LABEL})
    return [each["Id"] for each in found if each["Labels"][LABEL] == owner()]


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def with_interpreters(ready: ReadyContainer, *interpreters: str) -> ReadyContainer:
    release = msgspec.structs.replace(
        ready.container.release, interpreters=interpreters
    )
    return ReadyContainer(Container(release, ready.container.arch), ready.engine)


def test_command_answers_with_output_status_and_tail(
    ready: ReadyContainer, make_running: MakeRunning, run_python: RunPython
) -> None:
    program = "import sys; print('out'); print('err', file=sys.stderr); sys.exit(3)"
    ended = run_python(make_running(ready), program)
    assert ended == ProcessResult(
        3, timed_out=False, output=b"out\n", stderr_tail="err\n"
    )


def test_command_reads_questions_to_their_end(
    ready: ReadyContainer, make_running: MakeRunning, run_python: RunPython
) -> None:
    program = "import sys; print(len(sys.stdin.buffer.read()))"
    ended = run_python(make_running(ready), program, questions=bytes(1_000_000))
    assert ended.output == b"1000000\n"


def test_output_is_kept_up_to_its_bound(
    ready: ReadyContainer, make_running: MakeRunning, run_python: RunPython
) -> None:
    program = "import os\nfor _ in range(20): os.write(1, bytes(2**20))"
    ended = run_python(make_running(ready), program)
    assert (ended.status, len(ended.output)) == (0, LARGEST_OUTPUT)


def test_program_that_is_missing_cannot_be_started(
    ready: ReadyContainer, make_running: MakeRunning
) -> None:
    running = make_running(ready)
    ended = running.run(
        ["/nowhere/tool"],
        folder=running.writable / "run" / "work",
        variables={},
        seconds=60,
    )
    assert ended.status is None
    assert "no such file" in ended.failure


def test_crash_is_the_tools(
    ready: ReadyContainer, make_running: MakeRunning, run_python: RunPython
) -> None:
    assert run_python(make_running(ready), CRASH).failure == "was ended by SIGSEGV"


def test_hanging_command_ends_at_its_limit_with_its_container(
    ready: ReadyContainer, make_running: MakeRunning, run_python: RunPython
) -> None:
    running = make_running(ready)
    running.start()
    first = containers(running.engine)
    began = time.monotonic()
    ended = run_python(running, f"print('so far', flush=True); {SLEEP}", seconds=1)
    assert (ended.timed_out, ended.output) == (True, b"so far\n")
    assert time.monotonic() - began < 20
    assert containers(running.engine) == []
    assert run_python(running, "print('next')").output == b"next\n"
    assert containers(running.engine) not in ([], first)


LEAVE = """
import subprocess, sys
sleep = "import time; time.sleep(600)"
nowhere = subprocess.DEVNULL
subprocess.Popen([sys.executable, "-c", sleep], stdout=nowhere, stderr=nowhere)
"""


def test_process_that_a_command_leaves_ends_with_its_container(
    ready: ReadyContainer, make_running: MakeRunning, run_python: RunPython
) -> None:
    running = make_running(ready)
    assert run_python(running, "").status == 0
    (first,) = containers(running.engine)
    assert run_python(running, LEAVE).status == 0
    assert containers(running.engine) == []
    assert run_python(running, "print('next')").output == b"next\n"
    assert containers(running.engine) not in ([], [first])


def test_engine_that_cannot_list_processes_answers_all_the_same(
    made_up: MakeReady, make_running: MakeRunning, run_python: RunPython
) -> None:
    running = make_running(made_up("no-ps"))
    assert run_python(running, "print(1)").output == b"1\n"


def test_limit_is_over_before_the_next_command(
    made_up: MakeReady,
    make_running: MakeRunning,
    run_python: RunPython,
) -> None:
    """Removing takes a second here, and the commands end while it lasts."""
    running = make_running(made_up("slow-removal"))
    for _ in range(2):
        running.start()
        ended = run_python(running, "import time; time.sleep(1)", seconds=0.5)
        assert ended.timed_out
        assert containers(running.engine) == []
    assert run_python(running, "print('next')").output == b"next\n"


def test_container_killed_from_outside_is_lost_in_the_same_words(
    ready: ReadyContainer, make_running: MakeRunning, run_python: RunPython
) -> None:
    running = make_running(ready)
    reasons = set()
    for _ in range(2):
        running.start()
        api, (container,) = running.engine.client.api, containers(running.engine)
        killer = threading.Timer(0.7, api.kill, (container,))
        killer.start()
        with pytest.raises(LostContainerError) as caught:
            run_python(running, SLEEP)
        killer.join()
        reasons.add(caught.value.reason)
        assert containers(running.engine) == []
    assert reasons == {"the container was ended from outside"}
    assert run_python(running, "print('next')").output == b"next\n"


def test_container_removed_from_outside_between_commands_is_lost(
    ready: ReadyContainer, make_running: MakeRunning, run_python: RunPython
) -> None:
    running = make_running(ready)
    running.start()
    (container,) = containers(running.engine)
    running.engine.client.api.remove_container(container, force=True)
    with pytest.raises(
        LostContainerError, match=r": the container was ended from outside$"
    ):
        run_python(running, "print(1)")


def test_tool_that_kills_itself_is_told_from_a_killed_container(
    ready: ReadyContainer, make_running: MakeRunning, run_python: RunPython
) -> None:
    program = "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"
    ended = run_python(make_running(ready), program)
    assert (ended.status, ended.timed_out) == (-signal.SIGKILL, False)


@pytest.mark.parametrize(
    ("way", "reason"),
    [
        ("no-exec", "the engine failed: APIError"),
        ("no-status", "the engine does not say how a process ended"),
    ],
)
def test_failing_engine_loses_the_container(
    way: str,
    reason: str,
    made_up: MakeReady,
    make_running: MakeRunning,
    run_python: RunPython,
) -> None:
    running = make_running(made_up(way))
    with pytest.raises(LostContainerError, match=f": {reason}$"):
        run_python(running, "print(1)")
    assert containers(running.engine) == []


@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")
def test_engine_that_goes_away_is_put_into_words(
    made_up: MakeReady,
    make_running: MakeRunning,
    run_python: RunPython,
) -> None:
    running = make_running(made_up())
    running.start()
    Path(running.engine.address.removeprefix("unix://")).unlink()
    running.engine.client.close()  # or a connection of before would be used
    with pytest.raises(
        LostContainerError, match=r": the engine failed: ConnectionError$"
    ):
        run_python(running, "print(1)")
    with pytest.raises(EngineError, match=r"is not running|is not installed"):
        run_python(running, "print(1)")
    gc.collect()  # docker's client leaves open what it could not connect


@pytest.mark.parametrize(
    "program",
    [
        CRASH,
        "import sys; sys.exit('qemu: uncaught target signal 11 - core dumped')",
        "import sys; sys.exit('qemu: unhandled CPU exception 0x8')",
    ],
)
def test_crash_under_emulation_is_not_the_tools(
    ready: ReadyContainer,
    make_running: MakeRunning,
    run_python: RunPython,
    program: str,
) -> None:
    with pytest.raises(LostContainerError, match=r": under emulation, a process "):
        run_python(make_running(ready, emulated=True), program)


def test_hang_under_emulation_is_not_the_tools(
    ready: ReadyContainer, make_running: MakeRunning, run_python: RunPython
) -> None:
    running = make_running(ready, emulated=True)
    with pytest.raises(LostContainerError, match="was still running at its time limit"):
        run_python(running, SLEEP, seconds=0.2)
    assert run_python(running, "print('next')").output == b"next\n"


def test_emulated_programs_have_more_time(
    ready: ReadyContainer, make_running: MakeRunning, run_python: RunPython
) -> None:
    running = make_running(ready, emulated=True)
    running.start()
    ended = run_python(running, "import time; time.sleep(1.5)", seconds=1)
    assert (ended.status, ended.timed_out) == (0, False)


def test_first_interpreter_that_exists_is_taken(
    ready: ReadyContainer, make_running: MakeRunning, run_python: RunPython
) -> None:
    python = ready.container.release.interpreters[0]
    running = make_running(with_interpreters(ready, "/opt/none/bin/python3", python))
    assert run_python(running, "print(1)").status == 0
    assert running.python == python


def test_image_without_python_is_told_with_what_was_tried(
    ready: ReadyContainer, make_running: MakeRunning
) -> None:
    running = make_running(with_interpreters(ready, "/opt/a/python3", "/opt/b/python3"))
    reason = "the image has no Python at /opt/a/python3, /opt/b/python3"
    with pytest.raises(UnusableImageError, match=reason):
        running.start()
    assert containers(running.engine) == []


def test_catalogue_entry_without_interpreters_is_told(
    ready: ReadyContainer, make_running: MakeRunning
) -> None:
    running = make_running(with_interpreters(ready))
    with pytest.raises(UnusableImageError, match="names no interpreter"):
        running.start()


def test_python_that_ends_at_once_is_told_with_its_words(
    made_up: MakeReady,
    make_running: MakeRunning,
    run_python: RunPython,
    tmp_path: Path,
) -> None:
    broken = tmp_path / "python3"
    broken.write_text("#!/bin/sh\necho error while loading libpython >&2\nexit 127\n")
    broken.chmod(0o755)
    ready = with_interpreters(made_up(), str(broken))
    running = make_running(ready)
    running.start()
    time.sleep(0.2)
    reason = "its Python does not start: error while loading libpython$"
    with pytest.raises(UnusableImageError, match=reason):
        run_python(running, "print(1)")


def test_missing_emulator_is_told_with_the_command_that_explains_it(
    made_up: MakeReady,
    make_running: MakeRunning,
    run_python: RunPython,
    tmp_path: Path,
) -> None:
    foreign = tmp_path / "python3"
    foreign.write_bytes(FOREIGN)
    foreign.chmod(0o755)
    ready = with_interpreters(made_up(), str(foreign))
    with pytest.raises(UnusableImageError, match=FORMAT_ERROR):
        run_python(make_running(ready), "print(1)")


@pytest.fixture
def foreign(native: ReadyContainer) -> Iterator[ReadyContainer]:
    """Give a real image whose Python is for a machine that does not exist."""
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w") as archive:
        member = tarfile.TarInfo("usr/bin/python3")
        member.size, member.mode = len(FOREIGN), 0o755
        archive.addfile(member, io.BytesIO(FOREIGN))
    name = f"foreign-{os.getpid()}"
    release = msgspec.structs.replace(native.container.release, name=name)
    container = Container(release, native.container.arch)
    repository, _, tag = container.image.partition(":")
    api = native.engine.client.api
    api.import_image_from_data(content.getvalue(), repository=repository, tag=tag)
    yield ReadyContainer(container, native.engine)
    native.engine.remove(container.image)


def test_missing_emulator_of_a_real_engine_is_told(
    foreign: ReadyContainer, make_running: MakeRunning, run_python: RunPython
) -> None:
    with pytest.raises(UnusableImageError, match=FORMAT_ERROR):
        run_python(make_running(foreign), "print(1)")


def test_nothing_starts_after_the_end(
    ready: ReadyContainer, make_running: MakeRunning
) -> None:
    running = make_running(ready)
    running.live.end()
    with pytest.raises(Interrupted):
        running.start()


def test_end_of_the_run_ends_a_command(
    ready: ReadyContainer, make_running: MakeRunning, run_python: RunPython
) -> None:
    running = make_running(ready)
    running.start()
    threading.Timer(0.5, running.live.end).start()
    with pytest.raises(LostContainerError):
        run_python(running, SLEEP)


def test_container_is_removed_whatever_happens(
    ready: ReadyContainer, make_running: MakeRunning
) -> None:
    running = make_running(ready)
    with contextlib.suppress(ZeroDivisionError), started(running):
        assert containers(ready.engine)
        raise ZeroDivisionError
    assert containers(ready.engine) == []


def test_commands_leave_no_thread_and_no_descriptor(
    ready: ReadyContainer, make_running: MakeRunning, run_python: RunPython
) -> None:
    """The client keeps up to ten connections, so the first commands do not count."""
    running = make_running(ready)
    gc.collect()
    gc.disable()
    try:
        for _ in range(12):
            run_python(running, "")
        before = open_files()
        threads = threading.active_count()
        for _ in range(15):
            run_python(running, "")
        after = open_files()
    finally:
        gc.enable()
    assert after - before <= 2
    assert threading.active_count() == threads


class TestConfinement:
    """What a program cannot do in a real container."""

    @pytest.fixture
    def running(
        self, native: ReadyContainer, make_running: MakeRunning, tmp_path: Path
    ) -> RunningContainer:
        tools = tmp_path / "tools"
        tools.mkdir()
        (tools / "tool.py").write_text("print('tool')")
        return make_running(native, readable=(tools,))

    def test_there_is_no_network(
        self, running: RunningContainer, run_python: RunPython
    ) -> None:
        said = run_python(running, "import os; print(os.listdir('/sys/class/net'))")
        assert said.output == b"['lo']\n"
        program = "import socket; socket.create_connection(('192.0.2.1', 80), 5)"
        assert "Network is unreachable" in run_python(running, program).stderr_tail

    @pytest.mark.parametrize("path", ["/", "/usr", "/etc", "/var", "/home", "/dev"])
    def test_root_cannot_be_written(
        self, running: RunningContainer, run_python: RunPython, path: str
    ) -> None:
        said = run_python(running, "import sys; open(sys.argv[1] + '/new', 'w')", path)
        assert re.search("Read-only file system|Permission denied", said.stderr_tail)

    def test_root_is_read_only_whoever_asks(
        self, running: RunningContainer, run_python: RunPython
    ) -> None:
        program = "import os; print(bool(os.statvfs('/').f_flag & os.ST_RDONLY))"
        assert run_python(running, program).output == b"True\n"

    def test_tools_can_be_read_and_not_changed(
        self, running: RunningContainer, run_python: RunPython, tmp_path: Path
    ) -> None:
        tool = tmp_path / "tools" / "tool.py"
        said = run_python(
            running, "import sys; print(open(sys.argv[1]).read())", str(tool)
        )
        assert said.output == b"print('tool')\n"
        tool.chmod(0o666)
        said = run_python(running, "import sys; open(sys.argv[1], 'a')", str(tool))
        assert "Read-only file system" in said.stderr_tail
        tool.parent.chmod(0o777)
        said = run_python(running, "import os,sys; os.unlink(sys.argv[1])", str(tool))
        assert "Read-only file system" in said.stderr_tail

    def test_own_folder_can_be_written(
        self, running: RunningContainer, run_python: RunPython
    ) -> None:
        assert run_python(running, "open('new', 'w').write('x')").status == 0
        assert (running.writable / "run" / "work" / "new").read_text() == "x"

    def test_there_are_no_capabilities_and_no_way_to_them(
        self, running: RunningContainer, run_python: RunPython
    ) -> None:
        said = run_python(running, "print(open('/proc/self/status').read())")
        facts = dict(
            line.split(":\t", 1)
            for line in said.output.decode().splitlines()
            if ":\t" in line
        )
        for kind in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"):
            assert int(facts[kind], 16) == 0, kind
        assert facts["NoNewPrivs"] == "1"

    def test_nobody_is_root(
        self, running: RunningContainer, run_python: RunPython
    ) -> None:
        program = "import os; print(os.getuid(), os.getgid(), os.getgroups())"
        user, group, *_ = run_python(running, program).output.split()
        assert int(user) == (os.getuid() or 65534)
        assert int(group) == (os.getgid() if os.getuid() else 65534)

    def test_memory_has_a_limit(
        self, running: RunningContainer, run_python: RunPython
    ) -> None:
        ended = run_python(running, "b'x' * (3 * 2**30)")
        assert ended.status == -signal.SIGKILL or "MemoryError" in ended.stderr_tail
        assert run_python(running, "print('next')").output == b"next\n"

    def test_processes_have_a_limit(
        self, running: RunningContainer, run_python: RunPython
    ) -> None:
        program = """
import os, time
count = 0
try:
    while count < 2000:
        if os.fork() == 0:
            time.sleep(600)
        count += 1
except OSError as error:
    print(count < 300, error.strerror)
"""
        said = run_python(running, program)
        assert said.output == b"True Resource temporarily unavailable\n"

    def test_other_processes_of_the_machine_are_not_seen(
        self, running: RunningContainer, run_python: RunPython
    ) -> None:
        program = "import os; print(sum(e.isdigit() for e in os.listdir('/proc')))"
        assert int(run_python(running, program).output) <= 3

    def test_no_shell_is_needed(
        self, running: RunningContainer, run_python: RunPython
    ) -> None:
        said = run_python(running, "import os; print(os.path.exists('/bin/sh'))")
        if said.output == b"True\n":
            pytest.skip("this image has a shell at /bin/sh, so it shows nothing")
        assert said.output == b"False\n"


def test_emulated_machine_says_what_it_is(
    emulated: ReadyContainer, make_running: MakeRunning, run_python: RunPython
) -> None:
    running = make_running(emulated, emulated=True)
    program = "import os, sys; print(os.uname().machine, sys.byteorder)"
    assert run_python(running, program).output == b"s390x big\n"
    with pytest.raises(
        LostContainerError, match=r": under emulation, a process was ended by"
    ):
        run_python(running, CRASH)
    assert run_python(running, "print('next')").output == b"next\n"
