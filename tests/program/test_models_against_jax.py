"""Losses from research: value and gradient are those of JAX for the same source."""

import functools
import types
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import miniml as ml
from tests.program.table import QUICK

pytest.importorskip("scipy")
jax = pytest.importorskip("jax")

from tests.program import models  # noqa: E402  # needs SciPy

pytestmark = pytest.mark.jax


@pytest.fixture(autouse=True, scope="module")
def _double_precision() -> Iterator[None]:
    with jax.enable_x64(True):
        yield


def arguments(name: str) -> tuple[Any, ...]:
    return models.MODELS[name][1](np.random.default_rng(0))


@functools.cache
def in_jax() -> dict[str, Any]:
    """Return the models' functions with JAX in place of NumPy, SciPy and this library."""
    special = jax.scipy.special
    around: dict[str, Any] = {**vars(models), "np": jax.numpy, "special": special}
    around["ml"] = types.SimpleNamespace(
        grad=jax.grad, logsumexp=special.logsumexp, scan=jax.lax.scan, vmap=jax.vmap
    )
    for name, value in vars(models).items():
        if isinstance(value, types.FunctionType):
            around[name] = types.FunctionType(value.__code__, around, name)
    return around


@functools.cache
def expected(name: str) -> Any:
    args = jax.tree.map(
        lambda leaf: jax.numpy.asarray(leaf) if isinstance(leaf, np.ndarray) else leaf,
        arguments(name),
    )
    gradient = jax.jit(jax.value_and_grad(in_jax()[name])).lower(*args)
    return jax.tree.map(np.asarray, gradient.compile(compiler_options=QUICK)(*args))


def check(name: str) -> None:
    loss = functools.partial(models.MODELS[name][0])  # made anew, for it may be cut otherwise
    args = arguments(name)
    found = ml.value_and_grad(loss)(*args)
    wanted, leaves = jax.tree.leaves(expected(name)), ml.tree_leaves(found)
    for leaf, e in zip(leaves, wanted, strict=True):
        np.testing.assert_allclose(leaf, e, rtol=1e-9, atol=1e-10)


@pytest.mark.parametrize("name", models.MODELS)
def test_model(name: str) -> None:
    """A model's loss and gradient are JAX's."""
    check(name)


@pytest.mark.parametrize("name", models.MODELS)
@pytest.mark.usefixtures("small_chunks")
def test_model_in_chunks(name: str) -> None:
    """A model's loss and gradient are JAX's if its points are cut into chunks of eight."""
    check(name)


@pytest.mark.parametrize("name", models.MODELS)
def test_model_in_single_precision(name: str) -> None:
    """Gradients by float32 parameters are float32, and close to those by float64 ones."""
    params, *data = arguments(name)
    single = ml.tree_map(lambda x: np.asarray(x, np.float32), params)
    _, found = ml.value_and_grad(models.MODELS[name][0])(single, *data)
    for leaf, e in zip(ml.tree_leaves(found), jax.tree.leaves(expected(name)[1]), strict=True):
        assert leaf.dtype == np.float32
        np.testing.assert_allclose(leaf, e, rtol=2e-3, atol=2e-3 * max(1.0, np.max(np.abs(e))))
