"""Has a program upload a wheel: what uploaders use, beside the suite's own form."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlsplit

from manylinux_conformance.asking.index.client import (
    IndexClient,
    NoAnswerError,
    Reply,
)
from manylinux_conformance.asking.index.uploaded_wheel import UploadedWheel
from manylinux_conformance.asking.role_table import fill_command
from manylinux_conformance.data_folders import data_folder
from manylinux_conformance.questions.upload import Client
from manylinux_conformance.sandbox.process import run
from manylinux_conformance.sandbox.provide import NotProvided, provide
from manylinux_conformance.sandbox.tool_description import Provide, ToolDescription

CONSTRAINTS = data_folder("tools") / "constraints" / "{tool}-{{version}}.txt"
WIDE = "300"  # columns; a name that is broken into two lines is found in neither
COLOUR = re.compile(r"\x1b\[[0-9;]*m")  # twine has its levels in colour for files, too


@dataclass(frozen=True, slots=True)
class Kind:
    """A program as it is provided, called and understood.

    ``told`` finds in its output the status of a refusal, behind which it quotes what
    the index said.  ``login`` are its variables for user and password.
    """

    description: ToolDescription
    command: tuple[str, ...]
    login: tuple[str, str]
    told: re.Pattern[str]


KINDS = {
    Client.TWINE: Kind(
        ToolDescription(
            name="twine",
            versions=("7.0.0",),
            provide=Provide(
                pypi=("twine=={version}",),
                constraints=str(CONSTRAINTS).format(tool="twine"),
            ),
        ),
        (
            *("{tool}/twine", "upload", "--non-interactive", "--disable-progress-bar"),
            *("--verbose", "--repository-url={url}", "{file}"),
        ),
        ("TWINE_USERNAME", "TWINE_PASSWORD"),
        re.compile(r"Response from \S+\s+(\d{3})\s"),
    ),
    Client.UV: Kind(
        ToolDescription(
            name="uv", versions=("0.13.9",), provide=Provide(pypi=("uv=={version}",))
        ),
        (
            *("{tool}/uv", "publish", "--no-config", "--trusted-publishing=never"),
            *("--publish-url={url}", "{file}"),
        ),
        ("UV_PUBLISH_USERNAME", "UV_PUBLISH_PASSWORD"),
        re.compile(r"status code (\d{3})\s"),
    ),
}


@dataclass(frozen=True, slots=True)
class UploadProgram:
    """A program that is there, in its own environment; ``programs`` are its files."""

    kind: Kind
    programs: Path
    variables: Mapping[str, str]

    def upload(self, wheel: UploadedWheel, to: IndexClient) -> Reply:
        """Have a wheel uploaded; the answer is what the program was told.

        Raises NoAnswerError if it was told nothing.
        """
        name = self.kind.description.name
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / wheel.filename
            file.write_bytes(wheel.content)
            values = {
                "tool": str(self.programs),
                "url": to.upload_url,
                "file": str(file),
            }
            ended = run(
                fill_command(self.kind.command, values),
                folder=Path(folder),
                variables={**self.variables, **self._own(to)},
                seconds=to.seconds,
            )
        output = ended.output.decode(errors="replace")
        said = COLOUR.sub("", f"{output} {ended.stderr_tail}")
        told = self.kind.told.search(said)
        if ended.status == 0 and f"Uploading {wheel.filename}" in said:
            return Reply(HTTPStatus.OK, "", b"", to.upload_url)
        if told is None:
            raise NoAnswerError(f"{name}: {ended.failure or ended.complaint}")
        words = " ".join(said[told.end() :].split())
        return Reply(int(told[1]), words, b"", to.upload_url)

    def _own(self, to: IndexClient) -> dict[str, str]:
        """Return the variables for one index: its login, and a way to it alone."""
        user, password = self.kind.login
        return {
            user: to.user,
            password: to.password,
            "COLUMNS": WIDE,
            "no_proxy": urlsplit(to.upload_url).hostname or "",
        }


def upload_programs(
    wanted: Iterable[Client],
    cache: Path,
    variables: Mapping[str, str],
    *,
    offline: bool,
) -> dict[Client, UploadProgram | NotProvided]:
    """Return the programs that are wanted, or why one is not there."""
    found: dict[Client, UploadProgram | NotProvided] = {}
    for client in wanted:
        kind = KINDS[client]
        [version] = kind.description.versions
        tool = provide(kind.description, version, cache, offline=offline)
        if isinstance(tool, NotProvided):
            found[client] = tool
        elif tool.programs:
            found[client] = UploadProgram(kind, tool.programs, variables)
    return found
