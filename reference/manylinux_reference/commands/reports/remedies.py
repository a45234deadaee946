"""What one can do about a breach of a rule, in one line each."""

from __future__ import annotations

REMEDIES = {  # by the longest beginning of a rule's identifier
    "wheel.abi.": "build for one ABI and say in the file name which",
    "wheel.abi.module-suffix": "name the module for the interpreter that imports it",
    "wheel.bundled.glibc": "take it out: glibc is the system's",
    "wheel.bundled.sbom": "have the tool that bundles write .dist-info/sboms (PEP 770)",
    "wheel.bundled.unique-name": "rename file and SONAME, as auditwheel repair does",
    "wheel.contents.record": "write RECORD anew: python -m wheel unpack, then pack",
    "wheel.elf.": "build it for the claimed architecture, or leave it out",
    "wheel.executable.interpreter": "patchelf --set-interpreter",
    "wheel.kernel.": "link with the start files of a toolchain for an older kernel",
    "wheel.layout.": "set Root-Is-Purelib to false, and install ELF files to platlib",
    "wheel.needed.": "bundle it, as auditwheel repair does, or do not link with it",
    "wheel.needed.allowed": (
        "bundle it, as auditwheel repair does; if another wheel brings it into the "
        "process, say so: --provided-by PROJECT:LIBRARY"
    ),
    "wheel.needed.loader": "take it out: the loader of the system is there anyway",
    "wheel.needed.libpython": "do not link with it: python-config --ldflags is enough",
    "wheel.needed.everywhere": (
        "bundle it, or name the system's packages in the installation guide"
    ),
    "wheel.needed.no-path": "patchelf --replace-needed PATH NAME",
    "wheel.needed.reached": (
        "patchelf --set-rpath with $ORIGIN and the way to it; if the package loads it "
        "first by itself, say so: --provided-by PROJECT:LIBRARY"
    ),
    "wheel.relocations.relr": "link with -z nopack-relative-relocs, or claim 2.36",
    "wheel.relocations.relr-marker": (
        "let the linker pack them, with -z pack-relative-relocs, or nobody"
    ),
    "wheel.runpath.": "patchelf --set-rpath with $ORIGIN and the way to the library",
    "wheel.segments.": (
        "link with -z max-page-size=0x10000; do not strip what patchelf has changed"
    ),
    "wheel.shared-object.no-open": "link without -z nodlopen",
    "wheel.shared-object.type": "link with -shared, or call it otherwise",
    "wheel.stack.": "link with -z noexecstack",
    "wheel.symbols.cxx-versioned": (
        "link with g++, and with the libstdc++ that is there when it runs"
    ),
    "wheel.tags.": "write file name and Tag lines together: python -m wheel tags",
    "wheel.tags.any": "name the platform: auditwheel repair, or python -m wheel tags",
    "wheel.tls.": "compile with -ftls-model=global-dynamic",
    "wheel.relocations.text": "compile all of it with -fPIC",
    "wheel.isa.": "compile for the baseline, and choose faster code at run time",
    "wheel.symbols.unversioned": "link with the library that has it, or mend the name",
    "wheel.symbols.versioned": "link with a glibc, or mend the name",
    "wheel.symbols.resolved": "link with the library that has it",
    "wheel.symbols.pyfpe": "compile against an interpreter without --with-fpectl",
    "wheel.symbols.glibc-2-18": "build with older glibc, or claim 2.18",
    "wheel.symbols.zlib": "bundle the zlib that was built with, or call no such name",
    "wheel.contents.case": "rename one of the two",
    "wheel.contents.elf": "tag it any if it is pure Python; else something is missing",
    "wheel.executable.launcher": (
        "put it into the package and start it from there, as auditwheel repair does"
    ),
    "wheel.versions.": "build with older glibc and libstdc++, or claim a newer level",
    "wheel.versions.needed": "patchelf --add-needed LIBRARY, or link again without it",
    "wheel.versions.private": "take out what is a part of glibc; its names are its own",
    "wheel.versions.namespace": "link with the library that the system has",
    "wheel.versions.provider": "link with the library that the system has",
    "wheel.versions.contained": "bundle the library with which the file was linked",
}


def remedy(rule: str) -> str:
    """Return what to do about a breach of a rule; empty if nothing short helps."""
    fitting = [start for start in REMEDIES if rule.startswith(start)]
    return REMEDIES[max(fitting, key=len)] if fitting else ""
