"""Which values count as numbers and integers."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import miniml as ml
from miniml.validation import NOT_NEGATIVE, Integer, Number


@given(st.floats() | st.integers())
def test_the_type_of_a_number_does_not_matter(value: float) -> None:
    """Python numbers, NumPy scalars and 0-d arrays are checked alike."""
    wrapped = [value, np.float64(value), np.array(np.float64(value))]
    if 0.0 <= float(value) < np.inf:
        for number in wrapped:
            NOT_NEGATIVE.check("x", number)
    else:
        for number in wrapped:
            with pytest.raises(ValueError, match=r"x is .*: it must be a finite number, 0 or more"):
                NOT_NEGATIVE.check("x", number)


@pytest.mark.parametrize("check", [NOT_NEGATIVE, Integer(0)])
@pytest.mark.parametrize("value", ["1", None, True, np.True_, np.ones(1), np.array("1"), 1j, []])
def test_other_types_are_refused(check: Number | Integer, value: Any) -> None:
    """Text, booleans, complex numbers and arrays with axes are refused."""
    with pytest.raises(TypeError, match=r"x is .*: it must be (a finite number|an integer)"):
        check.check("x", value)


@pytest.mark.parametrize("value", [3, np.int32(3), np.array(3)])
def test_integers_of_any_type_pass(value: Any) -> None:
    """Integers of Python and NumPy, and 0-d arrays of them, pass."""
    Integer(3).check("x", value)
    with pytest.raises(ValueError, match="x is 3: it must be an integer, 4 or more"):
        Integer(4).check("x", value)


def test_a_float_is_not_an_integer() -> None:
    """If the float equals an integer, the message names the integer."""
    with pytest.raises(TypeError, match=r"x is 100\.0, of type float: .*; write 100$"):
        Integer(0).check("x", 1e2)
    with pytest.raises(TypeError, match=r"an integer, 0 or more$"):
        Integer(0).check("x", 2.5)


def test_tracers_pass() -> None:
    """The value of a tracer is not known, so it is not checked."""

    def stepped(rate: float) -> ml.Scalar:
        NOT_NEGATIVE.check("rate", rate)
        optimizer = ml.sgd(rate)
        return optimizer.update(2.0, optimizer.init(1.0), 1.0)[0]

    assert ml.grad(stepped)(-3.0) == -2.0
