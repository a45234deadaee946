"""Role tables: what an adapter file says about a tool in one role."""

from __future__ import annotations

import difflib
import os
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, ClassVar, Self

import msgspec

from manylinux_conformance.sandbox.tool_description import Provide, Text
from manylinux_conformance.sandbox.version_manager import program_behind

PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
# What stands for the same in every role; see ``sandbox.sandbox``.
PLACEHOLDERS = frozenset(("python", "py_version_nodot", "tool", "work", "home"))
RELATIVE = ("./", "../")

Filename = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_][A-Za-z0-9._-]*$")]
# A path below a home, and not above it.
HomeFolder = Annotated[
    str, msgspec.Meta(pattern=r"^(?!\.\.?(/|$))[^/]+(/(?!\.\.?(/|$))[^/]+)*$")
]
# No "=" in a variable's name (execve(2)).
Variables = dict[Annotated[str, msgspec.Meta(pattern=r"^[^=\x00]+$")], Text]
Command = Annotated[tuple[Text, ...], msgspec.Meta(min_length=1)]
Seconds = Annotated[int, msgspec.Meta(ge=1, le=3600)]
Prefix = Annotated[
    str, msgspec.Meta(pattern=r"^([a-z0-9]|\{cp\})+-([a-z0-9]|\{cp\})+$")
]


class RoleTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What every role's table has: variables of its commands, and their time limit.

    ``COMMANDS`` are the fields that hold commands; arguments that begin with ``./``
    start at the adapter's folder.  ``PLACEHOLDERS`` may stand in them.
    """

    COMMANDS: ClassVar[tuple[str, ...]] = ("command",)
    PLACEHOLDERS: ClassVar[frozenset[str]] = PLACEHOLDERS

    variables: Variables = {}
    seconds: Seconds = 120

    @property
    def arguments(self) -> tuple[str, ...]:
        """Every argument of every command."""
        return tuple(word for name in self.COMMANDS for word in getattr(self, name))

    @property
    def program(self) -> str:
        """What is started, and the module that it runs, if it is an interpreter."""
        words = next(
            (each for name in self.COMMANDS if (each := getattr(self, name))), ()
        )
        return " ".join(words[: 3 if words[1:2] == ("-m",) else 1])

    def filled_in(self) -> Iterator[tuple[str, frozenset[str]]]:
        """Yield each text that is filled in, with the placeholders that it may have."""
        for text in (*self.arguments, *self.variables.values()):
            yield text, self.PLACEHOLDERS

    def problems(self, provide: Provide) -> Iterator[str]:
        """Yield what makes no sense in the table of a tool that is provided so."""
        del provide
        for program in (getattr(self, name)[:1] for name in self.COMMANDS):
            for word in filter(_starts_nowhere, program):
                yield f"{word!r} starts at no folder; write './{word}'"
        yield from unknown_placeholders(self.filled_in())

    def based_at(self, folder: Path) -> Self:
        """Let what begins with ``./`` or ``../`` start at the adapter's folder."""
        commands = {
            name: tuple(based_at(word, folder) for word in getattr(self, name))
            for name in self.COMMANDS
        }
        return msgspec.structs.replace(self, **commands)


def unknown_placeholders(texts: Iterable[tuple[str, frozenset[str]]]) -> Iterator[str]:
    """Yield what is wrong with texts to fill in, each with what may stand in it."""
    for text, known in texts:
        for name in PLACEHOLDER.findall(text):
            if name not in known:
                near = difflib.get_close_matches(name, known, 1)
                hint = f"did you mean {{{near[0]}}}? " if near else ""
                there = ", ".join(f"{{{each}}}" for each in sorted(known))
                said = f"{hint}known are {there}"
                yield f"unknown placeholder {{{name}}} in {text!r}: {said}"


def based_at(text: str, folder: Path) -> str:
    """Return a path that begins with ``./`` or ``../`` as one below a folder.

    No link on the way is followed: what a link stands for may be another program, such
    as the interpreter from which a virtual environment was made.
    """
    if not text[:3].startswith(RELATIVE):
        return text
    path = folder / text
    plain = Path(os.path.normpath(path))
    # Of a folder that is a link, ``..`` is not the one in which the link lies.
    return str(plain if _same(plain.parent, path.parent) else path)


def _same(folder: Path, other: Path) -> bool:
    try:
        return folder.samefile(other)
    except OSError:
        return False


def _starts_nowhere(program: str) -> bool:
    """Return whether a program's path depends on where the suite was started."""
    return "/" in program and not program.startswith(("/", "{", *RELATIVE))


def fill(text: str, values: Mapping[str, str]) -> str:
    """Replace each ``{placeholder}``; braces around anything else stay."""
    return PLACEHOLDER.sub(lambda found: values[found[1]], text)


def fill_command(command: Iterable[str], values: Mapping[str, str]) -> tuple[str, ...]:
    """Return a command to start, its program by an absolute path where it is found.

    The tool's own search path is minimal; its program is found by the user's, whose
    folders may be named from where the suite was started; a version manager's shim is
    taken for the program that it stands for.
    """
    first, *rest = (fill(argument, values) for argument in command)
    if found := shutil.which(first):
        first = str(program_behind(Path(found).absolute()))
    return (first, *rest)
