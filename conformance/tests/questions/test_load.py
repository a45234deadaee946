"""Questions to a loader: what is expected of a module, and how it is judged."""

import pytest
from manylinux_conformance.questions.answer import answered
from manylinux_conformance.questions.load import Load, Loaded
from manylinux_conformance.results.verdicts import Verdict


@pytest.mark.parametrize("expected", Loaded)
@pytest.mark.parametrize("became", Loaded)
def test_a_module_is_to_become_what_the_case_expects(
    expected: Loaded, became: Loaded
) -> None:
    case = Load(rule="r", name="n", built="2.28", claim="2.28", expect=expected)
    judged = case.judge(answered(became))
    verdict = Verdict.PASS if became is expected else Verdict.FAIL
    assert (judged.verdict, judged.expected) == (verdict, expected.value)
