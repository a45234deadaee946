"""Asks the reference, packaging, pip and uv which wheel of each offer they take."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import platformdirs
from manylinux_conformance.data_folders import data_folder
from manylinux_conformance.sandbox.provide import ProvidedTool, provide
from manylinux_conformance.tools.adapters import read_adapter
from packaging.tags import Tag, sys_tags
from packaging.utils import InvalidWheelFilename, parse_wheel_filename
from packaging.version import Version
from tests.offers.generate import Offer

Answers = list[str | None]  # the file that was taken of each offer, or none
Ask = Callable[[Sequence[Offer]], Answers]

TIMEOUT = 1800  # seconds for one run of a tool
CHOSEN = "chosen"  # the file in a wheel that names the wheel


def ask_reference(offers: Sequence[Offer]) -> Answers:
    """Ask the reference over its protocol, for this machine."""
    script = data_folder("tools") / "run_reference.py"
    lines = "".join(
        json.dumps({"ask": "choose", "offer": offer.files}) + "\n" for offer in offers
    )
    said = _run([sys.executable, str(script), "commands.serve"], given=lines)
    return [json.loads(line)["choose"] for line in said.splitlines()]


def ask_packaging(offers: Sequence[Offer]) -> Answers:
    """Choose with packaging's parser and list of tags, as pip does."""
    places = {tag: place for place, tag in enumerate(sys_tags())}
    return [_by_packaging(offer, places) for offer in offers]


def _by_packaging(offer: Offer, places: dict[Tag, int]) -> str | None:
    fitting = []
    for name in offer.files:
        try:
            _, version, build, tags = parse_wheel_filename(name)
        except InvalidWheelFilename:
            continue
        if found := [places[tag] for tag in tags if tag in places]:
            fitting.append((_rank(version), -min(found), build, name))
    return max(fitting, default=(None,))[-1]


def _rank(version: Version) -> tuple[bool, Version]:
    return not version.is_prerelease, version


def ask_pip(offers: Sequence[Offer]) -> Answers:
    """Install every offer with the newest pip on file, in one run."""
    tool = provided("pip")
    command = [sys.executable, "-m", "pip", "install", "--no-index", "--no-deps"]
    command += ["--no-compile", "--no-cache-dir", "--disable-pip-version-check"]
    variables = {"PYTHONPATH": str(tool.packages), "PIP_CONFIG_FILE": "/dev/null"}
    return _installed([*command, "--quiet"], offers, variables)


def ask_uv(offers: Sequence[Offer]) -> Answers:
    """Install every offer with the newest uv on file, in one run."""
    uv = f"{provided('uv').programs}/uv"
    command = [uv, "pip", "install", "--offline", "--no-cache", "--no-config"]
    command += ["--no-index", "--no-deps", "--quiet", f"--python={sys.executable}"]
    return _installed(command, offers, {})


def provided(name: str) -> ProvidedTool:
    """Return a tool's newest version on file; raises SystemExit if it is not here."""
    adapter = read_adapter(data_folder("tools") / f"{name}.toml")
    cache = platformdirs.user_cache_path("manylinux-conformance")
    tool = provide(adapter, adapter.versions[-1], cache)
    if not isinstance(tool, ProvidedTool):
        raise SystemExit(f"{name}: {tool.reason}")
    return tool


def _installed(
    command: Sequence[str], offers: Sequence[Offer], variables: dict[str, str]
) -> Answers:
    with tempfile.TemporaryDirectory() as name:
        links, target = Path(name, "links"), Path(name, "target")
        requirements = Path(name, "requirements.txt")
        links.mkdir()
        for offer in offers:
            for file in offer.files:
                (links / file).write_bytes(wheel(offer.project, file))
        requirements.write_text("".join(f"{each.requirement}\n" for each in offers))
        places = [f"--find-links={links}", f"--target={target}"]
        _run([*command, *places, f"--requirement={requirements}"], variables)
        return [_read(target / offer.project / CHOSEN) for offer in offers]


def _read(path: Path) -> str | None:
    return path.read_text("utf-8") if path.exists() else None


def wheel(project: str, filename: str) -> bytes:
    """Return a wheel of that name, which installs a file that says so."""
    version = filename.split("-")[1] or "1"
    information = f"{project}-{version}.dist-info"
    metadata = f"Metadata-Version: 2.1\nName: {project}\nVersion: {version}\n"
    files = {
        f"{project}/{CHOSEN}": filename,
        f"{information}/METADATA": metadata,
        f"{information}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\n",
    }
    files[f"{information}/RECORD"] = "".join(f"{path},,\n" for path in files)
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as writer:
        for path, text in files.items():
            writer.writestr(path, text)
    return archive.getvalue()


def _run(
    command: Sequence[str], variables: dict[str, str] | None = None, given: str = ""
) -> str:
    ended = subprocess.run(
        command,
        input=given,
        capture_output=True,
        text=True,
        check=False,
        timeout=TIMEOUT,
        env={**os.environ, **(variables or {})},
    )
    if ended.returncode:
        raise SystemExit(f"{command[0]} failed: {ended.stderr[-2000:]}")
    return ended.stdout
