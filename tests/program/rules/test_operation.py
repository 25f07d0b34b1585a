"""An operation holds all that is known of it."""

import gc
from typing import Any

import numpy as np
import pytest

import miniml as ml
from miniml.program.ir.graph import Op
from miniml.program.rules.define import primitive, same


def test_an_operation_says_its_cost() -> None:
    """The definition of an operation without a cost is an error."""
    with pytest.raises(TypeError, match="nanoseconds"):
        primitive("free", np.tanh, infer=same)  # type: ignore[call-arg]  # what is tested


def test_costs_are_plausible() -> None:
    """Views and marks take no time by element, and other operations take some."""
    for op in (x for x in gc.get_objects() if type(x) is Op):
        free = (
            op.kind.is_view or op.repeated is not None or op.name in {"item", "input", "constant"}
        )
        assert (op.nanoseconds == 0.0) is (free or op.kind.name == "MARK"), op


@pytest.mark.parametrize("name", ["expit", "erf", "gammaln"])
def test_scipy_of_one_value_computes_one(name: str) -> None:
    """A ufunc of SciPy is computed before its argument is broadcast, as NumPy's are."""
    special = pytest.importorskip("scipy.special")
    function = getattr(special, name)

    def repeated(x: Any) -> Any:
        return function(np.broadcast_to(x, (1000,)))

    source = ml.jit(repeated).source(0.5)
    assert f"{name}(" in source
    assert all("1000" not in line for line in source.splitlines() if f"{name}(" in line)
    np.testing.assert_array_equal(ml.jit(repeated)(0.5), repeated(0.5))
