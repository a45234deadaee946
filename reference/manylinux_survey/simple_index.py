"""Reads the pages of a simple index, HTML or JSON (PyPA, Simple repository API)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pypi_simple
import requests
from packaging.version import InvalidVersion, Version

from manylinux_survey.errors import SourceError
from manylinux_survey.http_session import HttpSession
from manylinux_survey.rows import Offer


def offers_of_index(
    address: str, projects: Iterable[str] | None, *, everything: bool, agent: str
) -> Iterator[Offer]:
    """Yield the wheels of an index, project by project.

    Of each project those of the newest release that has wheels and is no pre-release;
    with ``everything`` all of them.  Yanked files are left out.

    Raises SourceError if a page cannot be read.
    """
    session = HttpSession(agent).session
    with pypi_simple.PyPISimple(address, session=session) as index:
        try:
            for project in projects or index.get_index_page().projects:
                files = _wheels(index, project)
                for file in files if everything else _newest(files):
                    yield _offer(file)
        except (requests.RequestException, ValueError) as error:
            raise SourceError(f"{address}: {type(error).__name__}: {error}") from error


def _wheels(
    index: pypi_simple.PyPISimple, project: str
) -> list[pypi_simple.DistributionPackage]:
    try:
        page = index.get_project_page(project)
    except pypi_simple.NoSuchProjectError:
        return []
    return [
        file
        for file in page.packages
        if file.package_type == "wheel" and not file.is_yanked
    ]


def _newest(
    files: list[pypi_simple.DistributionPackage],
) -> list[pypi_simple.DistributionPackage]:
    releases = [_release(file) for file in files]
    newest = max(releases, default=None, key=lambda one: (not one.is_prerelease, one))
    return [
        file for file, release in zip(files, releases, strict=True) if release == newest
    ]


def _release(file: pypi_simple.DistributionPackage) -> Version:
    try:
        return Version(file.version or "")
    except InvalidVersion:
        return Version("0.dev0")


def _offer(file: pypi_simple.DistributionPackage) -> Offer:
    uploaded = file.upload_time.date().isoformat() if file.upload_time else ""
    digest = (file.digests or {}).get("sha256", "").lower()
    return Offer(file.filename, file.url, digest, file.size or 0, uploaded)
