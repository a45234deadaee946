"""What ``run.sh`` is told: how the tool is installed, and where it is asked."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator

from manylinux_conformance.containers.provide import platform_tags
from manylinux_conformance.questions.choose import Choose
from manylinux_conformance.reproduce.model import is_plain
from manylinux_conformance.reproduce.subject import Subject
from manylinux_conformance.sandbox.shim_build import FLAGS

CONSTRAINTS = "constraints.txt"


def script_facts(subject: Subject) -> dict[str, object]:
    """Return what ``run.sh`` is told."""
    container, provide = subject.place.container, subject.tool.adapter.provide
    case = subject.question
    elsewhere = isinstance(case, Choose) and (case.tool_glibc or case.stored_on)
    platform, shim = subject.place.platform, subject.is_modelled
    tags = platform_tags(platform) if container and platform else ()
    python = f"lib/python{subject.python}/site-packages"
    return {
        "exact": subject.needs_python,
        "inside": provide.inside,
        "shim": shim,
        "plain": shim and not elsewhere and is_plain(platform, subject.interpreter),
        "machine": os.uname().machine,
        "flags": " ".join(flag for flag in FLAGS if flag != "-Werror"),
        "container": container,
        "container_python": container.release.interpreters[0] if container else "",
        "image": (container.reference or container.image) if container else "",
        "purelib": python,
        "pip_platforms": " ".join(f"--platform={tag}" for tag in tags),
        "requirements": " ".join(map(shlex.quote, requirements(subject)))
        + (f' --constraint "$here/{CONSTRAINTS}"' if provide.constraints else ""),
    }


def requirements(subject: Subject) -> Iterator[str]:
    """Yield what pip is told to install."""
    for requirement in subject.tool.adapter.provide.pypi:
        yield requirement.replace("{version}", subject.tool.version)
