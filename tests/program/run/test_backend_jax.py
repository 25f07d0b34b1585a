"""The JAX backend: the same trace and derivatives, compiled by `jax.jit`."""

from typing import Any

import numpy as np
import pytest

import miniml as ml

jax = pytest.importorskip("jax")
pytestmark = pytest.mark.jax


def loss(p: Any, x: Any, y: Any) -> Any:
    h = np.maximum(x @ p["w"] + p["b"], 0.0)
    z = np.concatenate([h[:, 1:], h[:, :1]], axis=1) @ p["v"]
    return np.mean(np.logaddexp(0.0, -y * z)) + np.sum(p["w"][np.array([0, 0, 1])] ** 2)


def example(dtype: str = "f8") -> tuple[Any, Any, Any]:
    rng = np.random.default_rng(0)
    params = {
        "w": rng.normal(size=(3, 4)).astype(dtype),
        "v": rng.normal(size=4).astype(dtype),
        "b": 0.5,
    }
    x = rng.normal(size=(20, 3)).astype(dtype)
    return params, x, np.sign(x[:, 0])


@pytest.mark.parametrize(("dtype", "rtol"), [("f8", 1e-12), ("f4", 1e-5)])
def test_same_numbers(dtype: str, rtol: float) -> None:
    """Values, gradients, kinds of leaves and dtypes are NumPy's."""
    args = example(dtype)
    found = ml.value_and_grad(loss, backend="jax")(*args)
    assert type(found[0]) is float
    assert type(found[1]["b"]) is float
    assert type(found[1]["w"]) is np.ndarray
    assert ml.tree_allclose(found, ml.value_and_grad(loss)(*args), rtol=rtol, atol=1e-7)


def test_training_step() -> None:
    """A whole step, with its gradient inside, runs under JAX."""

    def step(p: Any, x: Any, y: Any) -> Any:
        value, grads = ml.value_and_grad(loss)(p, x, y)
        return value, ml.tree_map(lambda a, g: a - 0.1 * g, p, grads)

    args = example()
    assert ml.tree_allclose(ml.jit(step, backend="jax")(*args), ml.jit(step)(*args), rtol=1e-12)


def test_arrays_stay_on_the_device() -> None:
    """Arrays of JAX come back as arrays of JAX."""
    params, x, y = example("f4")
    moved = jax.tree.map(jax.numpy.asarray, params | {"b": np.float32(0.5)})
    grads = ml.grad(loss, backend="jax")(moved, x, y)
    assert all(isinstance(g, jax.Array) for g in ml.tree_leaves(grads))


def test_arrays_of_jax_in_numpy() -> None:
    """A NumPy program takes arrays of JAX, and returns NumPy's."""
    params, x, y = example()
    gradient = ml.grad(loss)
    with jax.enable_x64(True):
        found = gradient(params, jax.numpy.asarray(x), jax.numpy.asarray(y))
    assert ml.tree_equal(found, gradient(params, x, y))


WEIGHTS = np.arange(12.0).reshape(4, 3)
MATRICES: dict[str, Any] = {
    "eigh": lambda x: np.linalg.eigh(x @ x.T)[1][0, 2] ** 2,
    "svd": lambda x: np.sum(WEIGHTS * np.linalg.svd(x, full_matrices=False)[0] ** 2),
    "qr": lambda x: np.sum(WEIGHTS * np.linalg.qr(x)[0] ** 2),
    "pinv": lambda x: np.sum(WEIGHTS * np.linalg.pinv(x).T),
    "det": lambda x: np.linalg.det(x.T @ x),
    "norm": np.linalg.norm,
    "norm, 3": lambda x: np.sum(np.linalg.norm(x, 3, axis=1)),
    "std": np.std,
    "logaddexp": lambda x: np.sum(np.logaddexp.reduce(x, axis=1) ** 2),
}


@pytest.mark.parametrize("function", MATRICES.values(), ids=MATRICES)
def test_gradients_of_matrices(function: Any) -> None:
    """The gradients of matrices, norms and log-sums are those of the NumPy backend."""
    x = np.random.default_rng(0).normal(size=(4, 3))
    found: Any = ml.grad(function, backend="jax")(x)
    np.testing.assert_allclose(found, ml.grad(function)(x), rtol=1e-6, atol=1e-9)


def test_relu_at_zero() -> None:
    """At kinks the subgradients are those of the NumPy backend."""
    assert ml.grad(lambda x: np.maximum(x, 0.0), backend="jax")(0.0) == 0.0


def test_not_in_jax() -> None:
    """A function that JAX lacks is named."""
    from scipy import special

    with pytest.raises(NotImplementedError, match="sindg"):
        ml.jit(lambda x: special.sindg(x) + 1.0, backend="jax")(0.5)


def test_loops() -> None:
    """A scan runs as JAX's scan, forwards and backwards."""

    def norms(p: Any, x: Any) -> Any:
        def step(carry: Any, row: Any) -> Any:
            count, h = carry
            h = np.tanh(row @ p["w"] + 0.5 * h)
            return (count + 1, h), np.sum(h) * count

        (count, h), made = ml.scan(step, (np.int64(0), np.zeros(4)), x, reverse=True)
        return np.sum(made) + np.sum(h) * count

    params, x, _ = example()
    found = ml.value_and_grad(norms, backend="jax")(params, x)
    assert ml.tree_allclose(found, ml.value_and_grad(norms)(params, x), rtol=1e-11)


def test_each_step_calls_a_function() -> None:
    """Each step of a loop calls the user's function, also with the same argument, as in NumPy."""

    def draws(backend: Any) -> Any:
        rng = np.random.default_rng(0)

        def noise(x: Any) -> Any:
            return x * rng.normal()

        noisy: Any = ml.custom_vjp(lambda x: (noisy(x), x), lambda _, g: g, like=np.negative)(noise)

        def loss(w: Any, xs: Any) -> Any:
            _, made = ml.scan(lambda c, x: (c + noisy(x), noisy(w) + 0.0 * noisy(w)), w, xs)
            return np.sum(made * xs)

        return [ml.value_and_grad(loss, backend=backend)(1.0, np.arange(3.0)) for _ in range(2)]

    assert ml.tree_allclose(draws("jax"), draws("numpy"))
