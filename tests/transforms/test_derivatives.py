"""Directional derivatives, Jacobians, Hessians and check_grads, against finite differences."""

import functools
import threading
import types
from typing import Any

import numpy as np
import pytest

import miniml as ml
from miniml.program.run import jit


def f(p: Any, x: Any) -> Any:
    return np.tanh(x @ p["w"]) * p["b"]


def loss(p: Any, x: Any) -> Any:
    return np.sum(f(p, x) ** 2)


@pytest.fixture
def params() -> dict[str, Any]:
    return {"w": np.array([0.5, -0.3]), "b": 1.5}


@pytest.fixture
def x() -> Any:
    return np.random.default_rng(0).normal(size=(5, 2))


def moved(p: Any, direction: Any, step: float) -> Any:
    return ml.tree_map(lambda a, d: a + step * d, p, direction)


DIRECTION: dict[str, Any] = {"w": np.array([1.0, 2.0]), "b": -0.5}


class TestJvp:
    def test_differences(self, params: Any, x: Any) -> None:
        """The tangent is the slope along the direction."""
        value, tangent = ml.jvp(f)(params, DIRECTION, x)
        slope = (
            f(moved(params, DIRECTION, 1e-6), x) - f(moved(params, DIRECTION, -1e-6), x)
        ) / 2e-6
        np.testing.assert_allclose(value, f(params, x))
        np.testing.assert_allclose(tangent, slope, rtol=1e-7)

    def test_tree_of_outputs(self, params: Any) -> None:
        """Every output has its tangent, even one that does not vary."""
        value, tangent = ml.jvp(lambda p: (p["b"] * 2.0, p["b"] * p["w"], np.ones(2)))(
            params, DIRECTION
        )
        assert value[0] == 3.0
        assert tangent[0] == -1.0
        np.testing.assert_allclose(tangent[1], -0.5 * params["w"] + 1.5 * DIRECTION["w"])
        np.testing.assert_array_equal(tangent[2], np.zeros(2))


class TestVjp:
    def test_agrees_with_jvp(self, params: Any, x: Any) -> None:
        """U . (J v) is (u J) . v."""
        u = np.arange(5.0)
        _, pushed = ml.jvp(f)(params, DIRECTION, x)
        _, pulled = ml.vjp(f)(params, u, x)
        inner = float(np.sum(pulled["w"] * DIRECTION["w"])) + pulled["b"] * DIRECTION["b"]
        assert float(u @ pushed) == pytest.approx(inner)

    def test_shape(self, params: Any, x: Any) -> None:
        """A cotangent of another shape is refused."""
        with pytest.raises(ValueError, match=r"\(3,\).*\(5,\)"):
            ml.vjp(f)(params, np.ones(3), x)


class TestHessian:
    def test_differences(self, params: Any, x: Any) -> None:
        """The Hessian is the slope of the gradient, and symmetric."""
        matrix = ml.hessian(loss)(params, x)
        np.testing.assert_allclose(matrix, matrix.T, rtol=1e-12)
        along = ml.grad(loss)
        a, b = (along(moved(params, DIRECTION, s), x) for s in (1e-6, -1e-6))
        slope = np.append((a["b"] - b["b"]) / 2e-6, (a["w"] - b["w"]) / 2e-6)
        flat = np.append(DIRECTION["b"], DIRECTION["w"])
        np.testing.assert_allclose(matrix @ flat, slope, rtol=1e-6)

    def test_hvp(self, params: Any, x: Any) -> None:
        """The product with a vector is the Hessian's."""
        product = ml.hvp(loss)(params, DIRECTION, x)
        flat = np.append(DIRECTION["b"], DIRECTION["w"])
        expected = ml.hessian(loss)(params, x) @ flat
        np.testing.assert_allclose(np.append(product["b"], product["w"]), expected)

    def test_inside_jit(self, params: Any, x: Any) -> None:
        """A Hessian can be part of a program."""
        inside = ml.jit(lambda p: np.sum(ml.hessian(loss)(p, x)))
        assert inside(params) == pytest.approx(float(np.sum(ml.hessian(loss)(params, x))))


class TestJacobian:
    def test_rows(self, params: Any, x: Any) -> None:
        """Row i is the gradient of output i."""
        tree = ml.jacobian(f)(params, x)
        assert tree["w"].shape == (5, 2)
        assert tree["b"].shape == (5,)
        row = ml.grad(lambda p: f(p, x)[3])(params)
        np.testing.assert_allclose(tree["w"][3], row["w"])
        np.testing.assert_allclose(tree["b"][3], row["b"])

    def test_tree_of_values(self, params: Any, x: Any) -> None:
        """The Jacobian of each value in a tree is that of a function that returns it alone."""

        def values(p: Any, x: Any) -> Any:
            return {
                "f": f(p, x),
                "pair": (loss(p, x), p["w"][:, None] * p["b"]),
                "none": p["w"][:0],
            }

        found = ml.jacobian(values)(params, x)
        assert ml.tree_allclose(found["f"], ml.jacobian(f)(params, x))
        assert ml.tree_allclose(found["pair"][0], ml.grad(loss)(params, x))
        assert found["pair"][1]["w"].shape == (2, 1, 2)
        np.testing.assert_allclose(found["pair"][1]["b"][:, 0], params["w"])
        assert found["none"]["w"].shape == (0, 2)

    def test_inside_jit(self, params: Any, x: Any) -> None:
        """A Jacobian can be part of a program."""
        inside = ml.jit(ml.jacobian(lambda p, x: (f(p, x), p["b"])))
        assert ml.tree_allclose(inside(params, x)[0], ml.jacobian(f)(params, x))


@pytest.mark.jax
def test_jacobian_is_jaxs(params: Any, x: Any) -> None:
    """The tree of Jacobians is JAX's."""
    jax = pytest.importorskip("jax")
    jax.config.update("jax_enable_x64", val=True)

    def values(np: Any, p: Any) -> Any:
        return {"a": np.tanh(x @ p["w"]) * p["b"], "b": (np.sum(p["w"]), p["b"] ** 2)}

    found = ml.jacobian(functools.partial(values, np))(params)
    given = ml.jacobian(functools.partial(values, np))(ml.tree_map(jax.numpy.asarray, params))
    assert ml.tree_allclose(ml.tree_map(np.asarray, given), ml.tree_map(np.asarray, found))
    expected = jax.jacobian(functools.partial(values, jax.numpy))(params)
    assert ml.tree_structure(found) == ml.tree_structure(expected)
    assert ml.tree_allclose(found, ml.tree_map(np.asarray, expected), rtol=1e-12)


class TestEager:
    def test_branch(self) -> None:
        """With eager=True each of them may branch on values."""

        def loss(x: Any) -> Any:
            return x**3 if x > 0.0 else x

        assert ml.hessian(loss, eager=True)(2.0) == 12.0
        assert ml.jacobian(loss, eager=True)(2.0) == 12.0
        assert ml.hvp(loss, eager=True)(2.0, 1.0) == 12.0
        assert ml.jvp(loss, eager=True)(2.0, 1.0) == (8.0, 12.0)
        assert ml.vjp(loss, eager=True)(-1.0, 1.0) == (-1.0, 1.0)


class TestCheckGrads:
    def test_right(self, params: Any, x: Any) -> None:
        """A right gradient passes."""
        ml.check_grads(loss, params, x)

    def test_wrong(self, params: Any, x: Any) -> None:
        """A wrong one is reported with the worst leaf."""

        def wrong(p: Any, x: Any) -> Any:
            return loss(p, x) + np.sum(ml.stop_gradient(p["w"]) ** 2)

        with pytest.raises(AssertionError, match="at w: gradient"):
            ml.check_grads(wrong, params, x)


def test_sources_name_the_arguments(params: Any, x: Any) -> None:
    """Sources name inputs as the function and the transform do."""
    pushed = ml.jvp(f).source(params, DIRECTION, x)
    assert "def program(b, w, tangent_b, tangent_w, x, workspace)" in pushed
    pulled = ml.vjp(f).source(params, np.ones(5), x)
    assert "def program(b, w, cotangent, x, workspace)" in pulled
    assert "vector_w, x," in ml.hvp(loss).source(params, DIRECTION, x)


def test_arguments_taken_together_are_numbered() -> None:
    """The arguments of *batch are named batch_0, batch_1, and so on."""

    def scaled(w: Any, *batch: Any, scale: float = 1.0) -> Any:
        return scale * np.sum(w * batch[0] * batch[1])

    source = ml.jit(scaled).source(np.ones(2), np.ones(2), np.ones(2), scale=2.0)
    assert "def program(w, batch_0, batch_1, scale, workspace)" in source


@pytest.mark.parametrize("derivative", [ml.hessian, ml.jacobian])
def test_of_many_parameters_within_a_trace(derivative: Any) -> None:
    """More rows than are computed at once work within a trace, which is one thread's."""
    w = np.linspace(0.0, 1.0, 40)

    def function(w: Any) -> Any:
        values = np.sin(w) * np.roll(w, 1) ** 2
        return np.sum(values) if derivative is ml.hessian else values

    ml.set_threads(2)
    try:
        found = ml.jit(derivative(function))(w)
    finally:
        ml.set_threads(None)
    np.testing.assert_allclose(found, derivative(function)(w), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("derivative", [ml.hessian, ml.jacobian])
def test_shows_its_program(derivative: Any) -> None:
    """The source and the cost are those of the directions computed at once."""
    w = np.ones(40)  # 20 directions, twice
    program = derivative(lambda w, x: np.sum((w * x) ** 3) if derivative is ml.hessian else w * x)
    assert program.source(w, w).count("20 x 40 float64") > 0
    assert program.explain(w, w).flops >= 20 * 40


def test_checks_run_before_second_derivatives() -> None:
    """Labels that a loss refuses are refused by its Hessian."""
    w, data = np.ones(2), ml.Dataset(np.ones((3, 2)), np.array([-1.0, 1.0, 1.0]))

    def loss(w: Any, data: ml.Dataset) -> Any:
        return ml.mean_loss(lambda x: x @ w, data)

    hessian = ml.hessian(loss)
    hessian.check(w, data)
    with pytest.raises(ValueError, match="labels"):
        hessian.check(w, ml.Dataset(data.x, np.array([0.0, 1.0, 1.0])))


def test_traced_once_on_all_threads(monkeypatch: pytest.MonkeyPatch, traces: list[str]) -> None:
    """Threads that compute rows wait for one program."""
    waits = threading.Event()

    class Lock:
        """A lock that reports that a thread waits for it."""

        def __init__(self) -> None:
            self.lock = threading.RLock()

        def __enter__(self) -> None:
            if not self.lock.acquire(blocking=False):
                waits.set()
                self.lock.acquire()

        def __exit__(self, *_: object) -> None:
            self.lock.release()

    monkeypatch.setattr(jit, "threading", types.SimpleNamespace(RLock=Lock))

    def loss(w: Any) -> Any:
        assert waits.wait(60)
        return np.sum(w**3)

    ml.set_threads(2)
    try:
        ml.hessian(loss)(np.ones(200))
    finally:
        ml.set_threads(None)
    assert traces == ["loss", "loss"]  # one program: the second is the check that it is pure


class TestProducts:
    """A derivative of a tree takes one pass over the function, however many leaves there are."""

    def lines(self, leaves: int) -> int:
        def loss(ws: Any) -> Any:
            x = np.ones(4)
            for w in ws:
                x = np.tanh(w * x)
            return np.sum(x)

        ws = [np.ones(4)] * leaves
        return len(ml.hvp(loss).source(ws, ws).splitlines())

    def test_hvp(self) -> None:
        """The program of a product with the Hessian grows with the leaves, not with their square."""
        one, two, four = self.lines(8), self.lines(16), self.lines(32)
        assert four - two == 2 * (two - one)
