"""The ``look-up`` directive: links to every tool, platform, architecture and level."""

from __future__ import annotations

from pathlib import Path

from docutils import nodes
from manylinux_conformance.reports.rule_status import RuleStatus
from manylinux_conformance.results.verdicts import Role
from manylinux_spec.architectures import architectures
from manylinux_spec.policies import policies
from sphinx.util.docutils import SphinxDirective

from manylinux_docs.evidence.evidence import load_evidence
from manylinux_docs.evidence.places import places
from manylinux_docs.evidence.profiles import demanded, kinds_of, profiles
from manylinux_docs.rendering.templates import fragment, to_root

ORDER = (  # of what most readers use
    Role.INSTALLER, Role.TAG_LIBRARY, Role.AUDITOR, Role.INDEX, Role.BUILDER,
    Role.LOADER,
)  # fmt: skip


class LookUpDirective(SphinxDirective):
    """One list, of ``tools``, ``platforms``, ``architectures`` or ``levels``.

    The tools are a table: at a glance, what the newest version of each breaks.
    ``glance`` has rows only for those that break a MUST of the standards.
    """

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return the list."""
        evidence = load_evidence(self.env)
        newest = [one for one in profiles(evidence) if one.is_newest]
        newest.sort(key=lambda one: ORDER.index(one.role))
        content = fragment(
            "look_up.html.jinja",
            root=to_root(self.env.docname),
            kind=self.arguments[0],
            profiles=newest,
            demanded=demanded,
            kinds_of=kinds_of,
            status=RuleStatus,
            places=places(evidence, Path(self.env.srcdir, "conformance", "platforms")),
            architectures=list(architectures().values()),
            levels=policies().levels,
        )
        return [content]
