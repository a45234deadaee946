"""Rule anchors: the targets that identifiers have on the site, and where they are."""

from __future__ import annotations

from docutils import nodes
from sphinx.environment import BuildEnvironment


def anchor(identifier: str) -> nodes.target:
    """Return a target whose id is the identifier, letter for letter.

    It is put before the block.  docutils moves the id into the block for HTML and
    keeps the reference here for LaTeX, which writes no label for a container.
    """
    return nodes.target(ids=[identifier])


def note_rule(env: BuildEnvironment, identifier: str, location: str) -> None:
    """Make an identifier a target of the roles ``rule`` and ``ref``, in any project.

    The label lets projects without this extension refer to a rule by ``:ref:``.
    """
    domain = env.domains.standard_domain
    domain.note_object("rule", identifier, identifier, location)
    domain.labels[identifier] = (env.docname, identifier, identifier)
    domain.anonlabels[identifier] = (env.docname, identifier)


def documents_of_rules(env: BuildEnvironment) -> dict[str, str]:
    """Return the document of every rule anchor, by identifier."""
    objects = env.domains.standard_domain.objects
    return {
        name: docname
        for (kind, name), (docname, _) in objects.items()
        if kind == "rule"
    }
