"""Writes ``policy.txt`` from the specification: ``python -m`` this module.

Auditing a small wheel takes less time than parsing TOML does, so an audit reads words
on lines instead.  A test compares the two.
"""

from __future__ import annotations

import tomllib
from pathlib import Path

from manylinux_spec.folder import spec_folder

from manylinux_reference.reading.policy import PATH

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    Data = dict[str, Any]

HEADER = "# Written by manylinux_reference.commands.write_policy from spec/."


def policy_text() -> str:
    """Return the content of ``policy.txt``."""
    data = spec_folder() / "data"
    policies = tomllib.loads((data / "policies.toml").read_text("utf-8"))
    facts = tomllib.loads((data / "architectures.toml").read_text("utf-8"))
    levels = " ".join(["levels", *policies["levels"]])
    lines = [HEADER, levels, *_architectures(facts, policies), *_libraries(policies)]
    lines += _defined(tomllib.loads((data / "glibc.toml").read_text("utf-8")), facts)
    for arch, levels in policies["nodes"].items():
        for level, added in levels.items():
            nodes = [f"{space}_{node}" for space in added for node in added[space]]
            lines.append(" ".join(["nodes", arch, level, *nodes]))
    lines += _bases((spec_folder() / "wheels.md").read_text("utf-8"))
    return "\n".join(lines) + "\n"


def _architectures(facts: Data, policies: Data) -> Iterator[str]:
    for arch in facts["architecture"]:
        name = arch["name"]
        yield (
            f"arch {name} {arch['bits']} {arch['e_machine_number']} "
            f"{arch['byte_order']} {arch['e_flags_mask']} {arch['e_flags_value']} "
            f"{arch['loader']} {arch['oldest_node']} {arch['oldest_system']} "
            f"{policies['first-level'][name]} "
            f"{policies['libgcc-nodes'].get(name, '-')} "
            f"{arch['largest_page']} {arch['oldest_kernel']}"
        )


def _defined(glibc: Data, facts: Data) -> Iterator[str]:
    yield f"known-until {glibc['newest']}"
    loaders = {
        arch["name"]: arch["loader"].rpartition("/")[2]
        for arch in facts["architecture"]
    }
    markers = {
        arch: [
            f"GLIBC_{name}"
            for name, each in glibc["markers"].items()
            if arch in each["architectures"]
        ]
        for arch in loaders
    }
    for arch, libraries in glibc["nodes"].items():
        for name, numbers in libraries.items():
            nodes = [f"GLIBC_{number}" for number in numbers]
            if name == "libc.so.6":
                nodes += markers[arch]
                nodes += ["GCC_3.0"] if arch in glibc["frame-registration"] else []
            library = loaders[arch] if name == "ld" else name
            yield " ".join(["defines", arch, library, *nodes])
            own = glibc["own"].get(arch, {}).get(name, ())
            for number, since in glibc["later"].get(name, {}).items():
                if number not in own:
                    yield f"later {arch} {library} GLIBC_{number} {since}"


def _libraries(policies: Data) -> Iterator[str]:
    for kind in ("pep-599", "additional"):
        for library, level in policies["libraries"][kind].items():
            yield f"{kind} {library} {level}"
    for arch, exceptions in policies["exceptions"].items():
        for library, level in exceptions.items():
            yield f"exception {arch} {library} {level}"
    for library, systems in policies["missing"].items():
        yield f"missing {library} {systems}"
    for library in policies["libraries"]["withdrawn"]:
        yield f"withdrawn {library}"
    yield " ".join(["glibc", *policies["libraries"]["glibc"]])
    for namespace, libraries in policies["providers"].items():
        yield " ".join(["provider", namespace, *libraries])
    for entry in policies["forbidden"]:
        words = [entry["library"], entry.get("below", "-"), *entry["symbols"]]
        yield " ".join(["forbidden", *words])


def _bases(chapter: str) -> Iterator[str]:
    """Yield the rules about wheels that rest on something else than a standard."""
    found: dict[str, list[str]] = {"consequence": [], "proposal": []}
    for block in chapter.split(":::{rule} ")[1:]:
        rule, *lines = block.splitlines()
        basis = next(line for line in lines if line.startswith(":basis: "))
        found.setdefault(basis.removeprefix(":basis: "), []).append(rule.strip())
    for basis in ("consequence", "proposal"):
        yield " ".join(["basis", basis, *found[basis]])


def write() -> None:
    """Write the file that audits read."""
    Path(PATH).write_text(policy_text(), "utf-8")


if __name__ == "__main__":
    write()
