"""Functions of shapes and axes are NumPy's: the law of `tests/program/rules/test_shapes.py`."""

import pytest

from tests.program.shape_cases import check_call


@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # NumPy's own, for the oracle
def test_random_calls(examples: int) -> None:
    """A traced call gives NumPy's value, shape and dtype, and is refused where NumPy raises."""
    for seed in range(1000, 1000 + examples):
        check_call(seed)
