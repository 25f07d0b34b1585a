"""What a traced function takes from around it, and what it gives back, is what plain NumPy would."""

from typing import Any

import numpy as np
import pytest

import miniml as ml
from miniml import Array, Scalar, Static

X = np.random.default_rng(0).normal(size=20)
WEIGHT = 1.0


class TestConstants:
    def test_a_buffer_filled_anew(self) -> None:
        """An array written to between two uses counts as it stands at each."""

        def f(x: Array) -> Scalar:
            e, total = np.zeros(20), 0.0
            for i in range(3):
                e[:] = 0.0
                e[i] = 1.0
                total = total + (i + 1) * np.sum(e * x)
            return total

        assert float(ml.jit(f)(X)) == pytest.approx(float(f(X)), rel=1e-14)

    def test_zeros_keep_their_signs(self) -> None:
        """An array of zeros of both signs is not one number repeated."""
        found = ml.jit(lambda x: x / np.array([0.0, -0.0]))(np.ones(2))
        np.testing.assert_array_equal(found, [np.inf, -np.inf])

    def test_masks_are_not_lost(self) -> None:
        """A masked array, whose operators are not those of arrays, is refused."""
        masked: Any = np.ma.masked_array([1.0, 100.0], [False, True])
        with pytest.raises(TypeError, match="MaskedArray cannot be traced"):
            ml.jit(lambda x: x + 1.0)(masked)
        with pytest.raises(TypeError, match="MaskedArray cannot be traced"):
            ml.jit(lambda x: np.sum(x * masked))(np.ones(2))


class TestReturned:
    def test_constants_are_the_callers_own(self) -> None:
        """Writing to a returned array that depends on no input changes no later result."""
        program = ml.jit(lambda x: (2.0 * x, np.zeros(3)))
        _, zeros = program(1.0)
        zeros += 5.0
        np.testing.assert_array_equal(program(1.0)[1], np.zeros(3))


class TestVariables:
    def test_a_global_bound_anew(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A transform made after a global was bound anew sees its new value."""

        def loss(w: float) -> float:
            return WEIGHT * w * w

        assert ml.grad(loss)(1.0) == 2.0
        monkeypatch.setitem(globals(), "WEIGHT", 10.0)
        assert ml.grad(loss)(1.0) == 20.0

    def test_a_variable_around_bound_anew(self) -> None:
        """A training run started after a variable of the enclosing function was bound anew sees it."""
        pull = 1.0

        def loss(w: float, data: Array) -> Scalar:
            total: Scalar = np.mean(np.square(data - w)) + pull * w * w
            return total

        first = ml.fit(loss, 1.0, np.ones(3), ml.sgd(0.1), steps=3).state.params
        pull = 3.0
        assert ml.fit(loss, 1.0, np.ones(3), ml.sgd(0.1), steps=3).state.params < first


class TestNumbers:
    def test_true_counts_as_one(self) -> None:
        """Python's truth values add as numbers."""

        def f(p: dict[str, float]) -> float:
            return ((p["x"] > 0) + (p["y"] > 0)) * p["x"] * p["y"]

        value, grads = ml.value_and_grad(f)({"x": 1.0, "y": 2.0})
        assert (value, grads) == (4.0, {"x": 4.0, "y": 2.0})

    @pytest.mark.parametrize("name", ["float", "int", "bool", "float64", "float32", "exp"])
    def test_a_leaf_may_have_any_name(self, name: str) -> None:
        """Names of leaves do not get in the way of the functions a program calls."""
        assert ml.grad(lambda p: np.exp(p[name]) * p[name])({name: 0.0}) == {name: 1.0}

    def test_static_zeros_have_signs(self) -> None:
        """0.0 and -0.0 in a static field are two structures."""

        @ml.model
        class Sign:
            w: Array
            p: Static[Any]

        program = ml.jit(lambda m: np.copysign(m.w, m.p))
        assert program(Sign(np.ones(1), 0.0)) == 1.0
        assert program(Sign(np.ones(1), -0.0)) == -1.0

    @pytest.mark.parametrize(("c", "x"), [(0.0, -40.0), (100.0, 60.0), (5.0, -30.0), (5.0, 30.0)])
    def test_logaddexp_far_from_its_constant(self, c: float, x: float) -> None:
        """The slope of logaddexp beside a constant is the sigmoid, to relative precision."""
        found = ml.grad(lambda x: np.logaddexp(c, x))(x)
        assert found == pytest.approx(1.0 / (1.0 + np.exp(c - x)), rel=1e-13)


class TestEagerNumbers:
    def test_a_number_would_lose_its_gradient(self) -> None:
        """float() of a parameter is refused with eager=True as well, and says why."""
        with pytest.raises(ml.TraceError, match="would lose its gradient"):
            ml.grad(lambda w: float(w) ** 2, eager=True)(3.0)

    def test_a_number_of_the_data_has_none(self) -> None:
        """float() of the data is allowed where values are known."""
        assert ml.grad(lambda w, x: float(x) * w, eager=True)(3.0, 5.0) == 5.0
