"""Systems: a container is real, whatever runs it; a model is exotic if it says so."""

import pytest
from manylinux_conformance.platforms.platform import Fidelity
from manylinux_conformance.results.lines import Result
from manylinux_conformance.results.systems import System, system_of
from tests.builders import audit_line, result_line


@pytest.mark.parametrize(
    ("result", "system"),
    [
        (result_line(fidelity=Fidelity.NATIVE), System.REAL),
        (result_line(fidelity=Fidelity.EMULATED), System.REAL),
        (result_line(fidelity=Fidelity.EMULATED, exotic=True), System.REAL),
        (result_line(), System.MODEL),
        (result_line(exotic=True), System.EXOTIC),
        (audit_line(), System.WHEEL),
    ],
)
def test_a_result_is_from_one_kind_of_place(result: Result, system: System) -> None:
    assert system_of(result) is system


def test_every_kind_of_place_has_a_plural() -> None:
    assert [each.plural for each in System] == [
        "real systems",
        "models",
        "exotic models",
        "test wheels",
    ]
