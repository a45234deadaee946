"""Where a tool is asked: the target environment, its interpreter, what it is shown."""

from __future__ import annotations

import atexit
import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
WHEELS = HERE / "wheels"
MEMORY = Path("/dev") / "shm"  # names below it are random
CLOSED = "http://127.0.0.1:9"  # the discard port: nothing listens there

Question = Any  # what json gives


class Layout:
    """Where the tool runs: folders, and what placeholders and variables stand for."""

    def __init__(self, question: Question, tool: Path, scratch: Path) -> None:
        self.question, self.tool, self.scratch = question, tool, scratch
        for name in ("work", "home", "tmp", "target"):
            (scratch / name).mkdir(exist_ok=True)
        self.interpreter = base_interpreter()
        self.purelib = purelib()
        self.programs = tool
        if question["module_at"] == "standard-library":
            self.use_own_prefix()
        if question["own_programs"]:
            self.programs = self.own_programs()
        self.environment = scratch / "environment"
        self.site_packages = self.environment / self.purelib
        self.python = self.environment / "bin" / "python"
        self.make_environment()
        self.links = self.offered()
        self.variables = self.closed_in() | self.with_module()

    def use_own_prefix(self) -> None:
        """Make an interpreter beside whose standard library the module lies."""
        prefix = self.scratch / "prefix"
        maker = HERE / "beside_standard_library.py"
        command = [str(self.interpreter), "-I", str(maker), str(prefix), module()]
        subprocess.run(command, check=True)
        link_libpython(prefix)
        self.interpreter = prefix / "bin" / self.interpreter.name

    def own_programs(self) -> Path:
        """Return the tool's programs as an environment of this interpreter."""
        own = self.scratch / "programs"
        python = own / "bin" / "python"
        python.parent.mkdir(parents=True)
        python.symlink_to(self.interpreter)
        write(own / "pyvenv.cfg", f"home = {self.interpreter.parent}\n")
        packages = own / self.purelib
        packages.parent.mkdir(parents=True)
        packages.symlink_to(self.tool.parent / self.purelib)
        for program in self.tool.iterdir():
            if not (program.is_symlink() or program.name.startswith("python")):
                give_program(program, python.with_name(program.name), python)
        return python.parent

    def make_environment(self) -> None:
        """Make a virtual environment with the standard library and nothing else."""
        self.site_packages.mkdir(parents=True)
        self.python.parent.mkdir()
        if self.question["tool_glibc"]:  # /proc/self/exe tells it from the tool's
            shutil.copy2(self.interpreter, self.python)
            link_libpython(self.environment)
        else:
            self.python.symlink_to(self.interpreter)
        version = ".".join(map(str, sys.version_info[:3]))
        home = f"home = {self.interpreter.parent}\n"
        rest = f"include-system-site-packages = false\nversion = {version}\n"
        write(self.environment / "pyvenv.cfg", home + rest)
        if self.question["narrow_pointers"]:
            shutil.copy(HERE / "_pointer_width.py", self.site_packages)
            write(self.site_packages / "_pointer_width.pth", "import _pointer_width\n")
        if self.question["inside"]:
            write(self.site_packages / "inside.pth", f"{self.tool}\n")

    def offered(self) -> Path:
        """Return a folder with the wheels, in memory where it can be.

        Some tools take the first that the folder lists: in memory the newest file,
        elsewhere any.
        """
        place = MEMORY if os.access(MEMORY, os.W_OK) else self.scratch
        links = Path(tempfile.mkdtemp(dir=place))
        atexit.register(shutil.rmtree, links, ignore_errors=True)
        for name in self.question.get("offered", ()):
            shutil.copy(WHEELS / name, links)
        return links

    def closed_in(self) -> dict[str, str]:
        """Return variables without the user's settings and a way to the network."""
        return {
            "PATH": "/usr/bin:/bin",
            "HOME": str(self.scratch / "home"),
            "TMPDIR": str(self.scratch / "tmp"),
            "XDG_CONFIG_DIRS": str(self.scratch / "home"),
            "LANG": "C.UTF-8",
            "PYTHONDONTWRITEBYTECODE": "1",
            **dict.fromkeys(("http_proxy", "https_proxy", "all_proxy"), CLOSED),
            "no_proxy": "127.0.0.1",
        }

    def with_module(self) -> dict[str, str]:
        """Put the ``_manylinux`` module in its place, unless it is there."""
        places = {
            "site-packages": self.site_packages,
            "pythonpath": self.environment / "pythonpath",
            "working-directory": self.scratch / "work",
        }
        place = places.get(self.question["module_at"])
        if place is None:
            return {}
        place.mkdir(exist_ok=True)
        write(place / "_manylinux.py", module())
        at_path = self.question["module_at"] == "pythonpath"
        return {"PYTHONPATH": str(place)} if at_path else {}

    def show_platform(self, shim: str, glibc: str) -> None:
        """Add the variables under which programs see the modelled platform."""
        names = [str(self.python), os.path.realpath(self.python)]
        names.append(os.path.realpath(base_interpreter()))
        self.variables |= {"LD_PRELOAD": shim, **self.question["model"]}
        self.variables["MODELLED_INTERPRETER"] = "\n".join(dict.fromkeys(names))
        if glibc:
            self.variables["MODELLED_GLIBC"] = glibc
        if (HERE / "interpreter-header").exists():
            self.variables["MODELLED_HEADER"] = str(self.shown_header())
        if self.question["tool_glibc"]:
            self.variables["MODELLED_TOOL_GLIBC"] = self.question["tool_glibc"]
            self.variables["MODELLED_TARGET"] = os.path.realpath(self.python)

    def shown_header(self) -> Path:
        """Return the header that readers of the interpreter see.

        A loader that answers as musl's does lies in this folder; its path, of which the
        file holds the name behind many slashes, takes the place of some of them.
        """
        header = self.scratch / "interpreter-header"
        content = (HERE / "interpreter-header").read_bytes()
        for loader in HERE.glob("ld-musl-*"):
            own = Path(shutil.copy(loader, self.scratch))
            own.chmod(0o755)
            kept = re.search(rb"/+" + re.escape(os.fsencode(loader.name)), content)
            if kept:
                path = os.fsencode(own).rjust(len(kept[0]), b"/")
                content = content.replace(kept[0], path)
        header.write_bytes(content)
        return header

    def places(self) -> dict[str, str]:
        """Return what placeholders stand for."""
        return {
            "here": str(HERE),
            "links": str(self.links),
            "requirements": str(HERE / "requirements.txt"),
            "dependencies": json.dumps(self.question.get("requirements", ())),
            "target": str(self.scratch / "target"),
            "python": str(self.python),
            "py_version_nodot": "{}{}".format(*sys.version_info[:2]),
            "environment": str(self.environment),
            "site_packages": str(self.site_packages),
            "tool": str(self.programs),
            "work": str(self.scratch / "work"),
            "home": str(self.scratch / "home"),
            "out": str(self.scratch / "target"),
        }


def base_interpreter() -> Path:
    """Return the file of the interpreter, or of the one of its environment."""
    name = "python{}.{}".format(*sys.version_info[:2])
    base = Path(sys.base_exec_prefix, "bin", name)
    own = sys.executable if sys.prefix == sys.base_prefix else base
    return Path(os.path.realpath(own))


def purelib() -> str:
    """Return where a virtual environment keeps packages, relative to its folder."""
    schemes = sysconfig.get_scheme_names()
    scheme = "venv" if "venv" in schemes else "posix_prefix"
    path = sysconfig.get_path("purelib", scheme, {"base": "", "platbase": ""})
    return path.lstrip("/")


def link_libpython(prefix: Path) -> None:
    """Let a copy of an interpreter find its library by a run path, $ORIGIN/../lib."""
    if sysconfig.get_config_var("Py_ENABLE_SHARED"):
        name = sysconfig.get_config_var("INSTSONAME")
        (prefix / "lib").mkdir(exist_ok=True)
        (prefix / "lib" / name).symlink_to(
            Path(sysconfig.get_config_var("LIBDIR"), name)
        )


def give_program(program: Path, to: Path, python: Path) -> None:
    """Link a program, or write a script of Python's with another first line."""
    with program.open("rb") as file:
        first = file.readline()
        if first.startswith(b"#!") and b"python" in first:
            to.write_bytes(b"#!" + bytes(python) + b"\n" + file.read())
            shutil.copymode(str(program), str(to))
            return
    to.symlink_to(program)


def module() -> str:
    """Return the source of the ``_manylinux`` module."""
    return (HERE / "_manylinux.py").read_text()


def write(path: Path, text: str) -> None:
    """Write a text file."""
    path.write_text(text, encoding="utf-8")


def fill(text: str, places: dict[str, str]) -> str:
    """Replace each placeholder that is known; other braces stay."""
    return re.sub(r"\{([a-z_]+)\}", lambda found: places[found[1]], text)
