"""Environments: where a question is asked, by a name that is fit for a folder."""

from manylinux_conformance.platforms.environment import Environment, this_machine
from manylinux_conformance.platforms.interpreters import running_interpreter


def test_equal_environments_have_one_name() -> None:
    here = this_machine(running_interpreter())
    names = {
        Environment(here.platform, module=module, target=target).id
        for module in ("", "a", "b")
        for target in ("", "a", "b")
    }
    assert len(names) == 9
    assert here.id == "this-machine"
