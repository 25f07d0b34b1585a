"""The value and gradient of every rule that JAX has too, in float64."""

import functools
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from miniml.transforms import value_and_grad
from tests.program.rows import ROWS
from tests.program.table import QUICK, Row

jax = pytest.importorskip("jax")
jnp = pytest.importorskip("jax.numpy")

pytestmark = [
    pytest.mark.jax,
    pytest.mark.filterwarnings("ignore::RuntimeWarning"),  # NumPy's own, outside a program
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),  # JAX's, of names NumPy has
]

SHARED = [row for row in ROWS if row.jax]
TOGETHER = 25
"""JAX takes longest to compile: so many rows are one program."""


class Jax:
    """JAX's NumPy, with its special functions as `special`, for a row's function."""

    special = pytest.importorskip("jax.scipy.special")

    def __getattr__(self, name: str) -> Any:
        return getattr(jnp, name)


JAX = Jax()


@pytest.fixture(autouse=True)
def _double_precision() -> Iterator[None]:
    with jax.enable_x64(True):
        yield


@functools.cache
def expected_of_batch(number: int) -> list[tuple[Any, list[Any]]]:
    """JAX's values and gradients of the rows of a batch."""
    rows = SHARED[number * TOGETHER : (number + 1) * TOGETHER]

    def run(inputs: list[list[Any]]) -> Any:
        return [
            jax.value_and_grad(row.scalar(JAX))(arrays)
            for row, arrays in zip(rows, inputs, strict=True)
        ]

    inputs = [row.arrays() for row in rows]
    results: list[tuple[Any, list[Any]]] = (
        jax.jit(run).lower(inputs).compile(compiler_options=QUICK)(inputs)
    )
    return results


@pytest.mark.parametrize("row", SHARED, ids=lambda row: row.name)
def test_row(row: Row) -> None:
    """A rule's value and gradient are JAX's."""
    number, place = divmod(SHARED.index(row), TOGETHER)
    expected, slopes = expected_of_batch(number)[place]
    value, gradient = value_and_grad(row.scalar())(row.arrays())
    np.testing.assert_allclose(value, expected, rtol=1e-10, atol=1e-12)
    for g, e in zip(gradient, slopes, strict=True):
        np.testing.assert_allclose(g, e, rtol=1e-8, atol=1e-10)
