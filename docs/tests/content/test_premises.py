"""The guide to results: it names each plain question that explains other answers."""

from pathlib import Path

from manylinux_conformance.results.premises import PREMISES
from manylinux_conformance.results.wheel_premises import WHEEL_PREMISES

GUIDE = Path(__file__).parents[2] / "guides" / "read-a-result.md"


def test_the_guide_names_every_premise() -> None:
    guide = GUIDE.read_text("utf-8")
    for premise in (*PREMISES, *WHEEL_PREMISES):
        assert f"| `{premise.question}` |" in guide
        assert f"{{rule}}`{premise.rule}`" in guide
