"""Training on another backend."""

from itertools import islice

import pytest

import miniml as ml
from tests.training.problem import DATA, NET, loss

pytest.importorskip("jax")

pytestmark = pytest.mark.jax


@pytest.mark.parametrize("batch_size", [None, 16])
def test_jax_trains_as_numpy_does(batch_size: int | None) -> None:
    """Whole steps run by JAX lead where those run by NumPy lead."""
    numpy, jax = (
        list(
            islice(
                ml.train(loss, NET, DATA, ml.adam(0.05), batch_size=batch_size, backend=backend),
                20,
            )
        )
        for backend in ("numpy", "jax")
    )
    assert [state.step for state in jax] == [state.step for state in numpy]
    assert ml.tree_allclose(jax[-1].params, numpy[-1].params, rtol=1e-9, atol=1e-12)
