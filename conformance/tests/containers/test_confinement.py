"""What a program cannot do in a real container."""

import os
import re
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from manylinux_conformance.containers.available import ReadyContainer
from manylinux_conformance.containers.running_container import (
    RunningContainer,
)
from manylinux_conformance.sandbox.process import ProcessResult

MakeRunning = Callable[..., RunningContainer]
RunPython = Callable[..., ProcessResult]


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
