"""Puts one question to a tool and says what came; the standard library is enough.

    python3 ask.py TOOL SCRATCH [SHIM]

TOOL is the folder of the tool's packages or of its programs, SCRATCH an empty folder,
SHIM the library that shows the tool another platform.  The question lies beside this
file in ``question.json``.  The exit status is 0 if the tool's answer is the expected
one, 1 if it is another one, 2 if there was no answer.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import Any, NoReturn

HERE = Path(__file__).resolve().parent
WHEELS = HERE / "wheels"
RIGHT, WRONG, UNANSWERED = 0, 1, 2
CLOSED = "http://127.0.0.1:9"  # the discard port: nothing listens there
LONGEST = 4096  # characters of what a tool says that are shown

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
            "links": str(WHEELS),
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


def run(
    layout: Layout, command: list[str], places: dict[str, str], said_to: str = ""
) -> subprocess.CompletedProcess[str]:
    """Run a command of the tool and show it with what it said."""
    question = layout.question
    own = {key: fill(text, places) for key, text in question["variables"].items()}
    sys.stdout.write(f"$ {shlex.join(command)}\n")
    sys.stdout.flush()
    try:
        ended = subprocess.run(
            command,
            cwd=layout.scratch / "work",
            env={**layout.variables, **own},
            input=said_to,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=question["seconds"],
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        no_answer(str(error))
    for said in (ended.stdout, ended.stderr):
        sys.stdout.write(said[-LONGEST:])
    sys.stdout.write(f"exit status {ended.returncode}\n")
    return ended


def no_answer(reason: str) -> NoReturn:
    """End without an answer."""
    sys.stdout.write(f"answer: none ({reason})\n")
    sys.exit(UNANSWERED)


def install(layout: Layout) -> tuple[str, bool]:
    """Install with the tool; return what landed, and whether that is right."""
    question, places, before = layout.question, layout.places(), list[str]()
    if question["index"]:
        port = str(free_port())
        places["index"] = f"http://127.0.0.1:{port}/simple/"
        serve = HERE / "simple_index.py"
        before = [str(base_interpreter()), str(serve), str(WHEELS), port]
    for name, text in question["files"].items():
        write(layout.scratch / "work" / name, fill(text, places))
    locked = False
    for number, command in enumerate(question["commands"]):
        filled = [fill(argument, places) for argument in command]
        ended, locked = run(layout, [*before, *filled], places), number > 0
        if ended.returncode:
            break
    landed = Path(fill(question["lands_in"], places)) / question["project"]
    found = sorted(path.name for path in landed.glob("*"))
    answers = [question["markers"].get(name, f"the file {name}") for name in found]
    if len(answers) > 1 or bool(answers) == bool(ended.returncode):
        no_answer(
            f"status {ended.returncode}, landed: {' '.join(answers) or 'nothing'}"
        )
    nothing = question["locked"] if locked else question["nothing"]
    answer: str = answers[0] if answers else nothing
    return answer, answer in question["right"]


def free_port() -> int:
    """Return a port of the loopback interface on which nobody listens."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port: int = listening.getsockname()[1]
        return port


def exchange_line(layout: Layout, request: Question) -> Question:
    """Give the tool's process one line of JSON and return the line that it answers."""
    places = layout.places()
    command = [fill(argument, places) for argument in layout.question["commands"][0]]
    ended = run(layout, command, places, json.dumps(request) + "\n")
    try:
        reply = json.loads(ended.stdout.splitlines()[0])
    except (IndexError, ValueError):
        no_answer(f"exit status {ended.returncode}")
    for word in ("declined", "error"):
        if reply.get(word) and "conforms" not in reply:
            no_answer(f"{word}: {reply[word]}")
    return reply


def ask_library(layout: Layout) -> tuple[str, bool]:
    """Put the question to a library; return its answer, and whether that is right."""
    question = layout.question
    request = question["request"]
    reply = exchange_line(layout, request)
    tags = reply.get("tags") or ()
    if request["ask"] == "choose":
        chosen = reply["choose"]
        answer = question["names"][chosen] if chosen else question["nothing"]
    elif request["ask"] == "parse":
        parts = [reply.get(asked, "") for asked in question["parts"]]
        answer = ", ".join(["valid", *parts] if reply["valid"] else ["invalid"])
    elif request["ask"] == "expand":
        answer = " ".join(sorted(tags)) or "refused"
    else:
        named = question["named"]
        shown = [tag for tag in tags if not named or tag in named]
        answer = (" < " if named else " ").join(shown) or "none"
    return answer, answer in question["right"]


def audit(layout: Layout) -> tuple[str, bool]:
    """Have an auditor look at a wheel; return its answer, and whether that is right."""
    question = layout.question
    request = {**question["request"], "wheel": str(WHEELS / question["wheel"])}
    reply = exchange_line(layout, request)
    if question["answer"] == "oldest":
        answer = reply.get("oldest") or "none"
    elif question["answer"] == "status":
        answer = "status 0" if reply["status"] == 0 else "another status than 0"
    else:
        answer = "conforms" if reply["conforms"] else "violates"
    if question["answer"] != "conforms" or reply.get("advises") is None:
        return answer, answer in question["right"]
    if reply["conforms"] and reply["advises"]:
        answer = question["advised"]
    return answer, answer == (question["right_advice"] or question["right"][0])


def repair(layout: Layout) -> tuple[str, bool]:
    """Have a wheel repaired; return what is left, and whether that is right."""
    question, places = layout.question, layout.places()
    places |= {"wheel": str(WHEELS / question["wheel"]), "tag": question["tag"]}
    command = [fill(argument, places) for argument in question["commands"][-1]]
    run(layout, command, places)
    left = sorted((layout.scratch / "target").glob("*.whl"))
    if question["answer"] == "left":
        answer = "a wheel" if left else "no wheel"
        return answer, answer in question["right"]
    if not left:
        no_answer("no wheel")
    tags = left[0].stem.split("-")[-1].split(".")
    if question["answer"] == "tags":
        return " ".join(tags), not set(tags) & set(question["unwanted"])
    reply = exchange_line(
        layout, {"ask": "audit", "wheel": str(left[0]), "claims": tags}
    )
    answer = "conforms" if reply["conforms"] else "violates"
    return answer, answer in question["right"]


ASK = {
    "install": install,
    "ask-library": ask_library,
    "audit": audit,
    "repair": repair,
}


def main(tool: str, scratch: str, shim: str = "") -> None:
    """Ask, say what came, and end with the status that this is worth."""
    question = json.loads((HERE / "question.json").read_text())
    if question["stored_on"]:  # the same paths, the same home, another C library
        before = Layout({**question, "module_at": ""}, Path(tool), Path(scratch))
        before.show_platform(shim, question["stored_on"])
        install(before)
        for name in ("work", "tmp", "target", "environment", "programs"):
            shutil.rmtree(Path(scratch, name), ignore_errors=True)
    layout = Layout(question, Path(tool), Path(scratch))
    if shim:
        layout.show_platform(shim, "")
    answer, is_right = ASK[question["do"]](layout)
    sys.stdout.write(f"answer: {answer}\nexpected: {question['expected']}\n")
    sys.exit(RIGHT if is_right else WRONG)


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except Exception as error:  # noqa: BLE001 - status 1 would be an answer
        no_answer(f"{type(error).__name__}: {error}")
