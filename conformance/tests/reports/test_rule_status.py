"""The status of a rule: the worst of what its answers say."""

import pytest
from manylinux_conformance.platforms.platform import Fidelity
from manylinux_conformance.reports.rule_status import RuleStatus, rule_status
from manylinux_conformance.results.lines import Result
from manylinux_conformance.results.verdicts import Verdict


def result(
    name: str, verdict: Verdict, *, deviation: str = "", reason: str = ""
) -> Result:
    return Result(
        case=f"installer.order.linux/{name}",
        rule="installer.order.linux",
        platform="glibc-2.17",
        fidelity=Fidelity.MODELLED,
        verdict=verdict,
        expected="linux_x86_64",
        answer="" if reason else "any",
        reason=reason,
        deviation=deviation,
    )


RIGHT = result("right", Verdict.PASS)
WRONG = result("wrong", Verdict.FAIL)
HUNG = result("hung", Verdict.TIMEOUT, reason="no answer within 5 s")
SILENT = result("silent", Verdict.NOT_ASKED, reason="needs a 32-bit interpreter")
DECLINED = result("declined", Verdict.DECLINED, reason="has no such option")


@pytest.mark.parametrize(
    ("results", "expected"),
    [
        ((RIGHT,), RuleStatus.FOLLOWS),
        ((RIGHT, SILENT, DECLINED), RuleStatus.FOLLOWS),
        ((RIGHT, WRONG), RuleStatus.UNEXPLAINED),
        ((HUNG,), RuleStatus.UNEXPLAINED),
        (
            (RIGHT, result("w", Verdict.FAIL, deviation="unreported")),
            RuleStatus.DIFFERS,
        ),
        (
            (WRONG, result("w", Verdict.FAIL, deviation="unreported")),
            RuleStatus.UNEXPLAINED,
        ),
        ((RIGHT, result("i", Verdict.INFRASTRUCTURE, reason="x")), RuleStatus.TROUBLE),
        ((SILENT, DECLINED), RuleStatus.DECLINES),
        ((SILENT,), RuleStatus.NOT_ASKED),
        ((), RuleStatus.NOT_ASKED),
    ],
)
def test_one_difference_outweighs_every_pass(
    results: tuple[Result, ...], expected: RuleStatus
) -> None:
    assert rule_status(results) is expected
    assert expected.symbol
