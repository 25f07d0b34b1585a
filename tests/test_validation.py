"""What numbers may be, where they are given."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import miniml as ml
from miniml.validation import NOT_NEGATIVE, Integer, Number


@given(st.floats() | st.integers())
def test_a_number_is_judged_whatever_its_type(value: float) -> None:
    """Python's numbers, NumPy's and arrays of no axes are judged alike."""
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
def test_what_is_no_number_is_refused(check: Number | Integer, value: Any) -> None:
    """Text, truth values, complex numbers and longer arrays are no number."""
    with pytest.raises(TypeError, match=r"x is .*: it must be a (finite|whole) number"):
        check.check("x", value)


@pytest.mark.parametrize("value", [3, np.int32(3), np.array(3)])
def test_a_whole_number_is_one_of_any_integer_type(value: Any) -> None:
    """Integers of Python and NumPy are whole numbers."""
    Integer(3).check("x", value)
    with pytest.raises(ValueError, match="x is 3: it must be a whole number, 4 or more"):
        Integer(4).check("x", value)


def test_a_float_is_no_whole_number() -> None:
    """Of a float that could be one, the message gives the integer."""
    with pytest.raises(TypeError, match=r"x is 100\.0, of type float: .*; write 100$"):
        Integer(0).check("x", 1e2)
    with pytest.raises(TypeError, match=r"whole number, 0 or more$"):
        Integer(0).check("x", 2.5)


def test_stand_ins_pass() -> None:
    """A number that is traced has no value to judge."""

    def stepped(rate: float) -> ml.Scalar:
        NOT_NEGATIVE.check("rate", rate)
        optimizer = ml.sgd(rate)
        return optimizer.update(2.0, optimizer.init(1.0), 1.0)[0]

    assert ml.grad(stepped)(-3.0) == -2.0
