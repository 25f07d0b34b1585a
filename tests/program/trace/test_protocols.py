"""Tracers under Python's protocols: built-ins, iteration, in-place operators, printing."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from miniml.program import TraceError
from miniml.transforms import grad, jit

X = np.array([0.5, -1.5, 2.0])


def refusal(function: Callable[..., Any], *args: Any) -> str:
    """Return the message of the error of tracing a function."""
    with pytest.raises(TraceError) as caught:
        jit(function)(*args)
    message = str(caught.value)
    assert __file__ in message
    return message


class TestBuiltins:
    def test_sum_adds_along_the_first_axis(self) -> None:
        """Python's sum of an array is NumPy's sum over the first axis."""
        np.testing.assert_allclose(jit(sum)(np.outer(X, X)), X.sum() * X)

    def test_numbers_stay_numbers(self) -> None:
        """abs, round and divmod of a float parameter give Python floats."""
        found = jit(lambda b: (abs(b), round(b, 1), round(b), *divmod(b, 0.5)))(-1.26)
        assert found == pytest.approx((1.26, -1.3, -1.0, -3.0, 0.24))
        assert all(type(value) is float for value in found)

    def test_whole_numbers_compare_as_numbers(self) -> None:
        """Two ints compare as integers, not as Python objects."""
        program = jit(lambda a, b: np.where(a < b, 1.0, 2.0))
        assert float(program(1, 2)) == 1.0
        assert float(program(2, 2)) == 2.0
        assert "object" not in program.source(1, 2)

    def test_max_is_refused_by_name(self) -> None:
        """Python's max would branch: the message names np.maximum."""
        assert "np.maximum" in refusal(max, X)

    def test_len_is_known(self) -> None:
        """The length of an array is an int while tracing."""
        assert jit(lambda x: x[: len(x) // 2])(np.arange(6.0)).tolist() == [0.0, 1.0, 2.0]

    def test_len_of_a_number(self) -> None:
        """A scalar has no length, as in NumPy."""
        with pytest.raises(TypeError, match="unsized"):
            jit(lambda b: b + len(b))(1.0)


class TestIteration:
    def test_rows_unpack(self) -> None:
        """Unpacking goes along the first axis."""

        def f(x: Any) -> Any:
            a, b, c = x
            return a * b + c

        assert jit(f)(X) == X[0] * X[1] + X[2]

    def test_points_in_a_loop(self) -> None:
        """A loop over points, as on the slides, has the gradient of the sum."""

        def loss(w: Any, points: Any) -> Any:
            total = 0.0
            for point in points:
                total += point @ w
            return total

        np.testing.assert_allclose(grad(loss)(X, np.eye(3)), np.ones(3))

    def test_zip_and_enumerate(self) -> None:
        """Zip and enumerate iterate over tracers."""
        found = jit(lambda x, y: sum(i * a * b for i, (a, b) in enumerate(zip(x, y, strict=True))))
        assert found(X, X) == X[1] ** 2 + 2.0 * X[2] ** 2


class TestInPlace:
    def test_operators_bind_anew(self) -> None:
        """`total *= x` makes a new value, and does not change the argument."""

        def f(x: Any) -> Any:
            y = x
            y *= 2.0
            y -= 1.0
            return y + x

        np.testing.assert_allclose(jit(f)(X), 3.0 * X - 1.0)

    def test_arrays_take_stand_ins_up(self) -> None:
        """After `zeros += x`, zeros is a tracer."""

        def f(x: Any) -> Any:
            total = np.zeros(3)
            total += x
            return total * 2.0

        np.testing.assert_allclose(jit(f)(X), 2.0 * X)

    def test_methods_in_place_are_refused(self) -> None:
        """x.partition(1) would change nothing: it is refused, not ignored."""
        assert "in place" in refusal(lambda x: x.partition(1), X)


class TestText:
    def test_printing_shows_shape_and_dtype(self) -> None:
        """A print while tracing shows shape and dtype, in any format."""
        seen: list[str] = []
        jit(lambda x: seen.extend([f"{x}", f"{x[0]:.3f}", str(x), repr(x)]))(X)
        assert seen[0] == seen[2] == seen[3] == "<traced float64[3]>"
        assert seen[1] == "<traced float64[]>"


class TestRefusals:
    def test_reason_and_way_out(self) -> None:
        """The error of a refused function says why, and what to do."""
        assert "shape would depend on the values" in refusal(np.nonzero, X)
        assert "shape would depend on the values" in refusal(lambda x: x.nonzero(), X)
        assert "use np.linalg.eigh" in refusal(np.linalg.eig, np.eye(2))

    def test_nearest(self) -> None:
        """The error names a function without a rule, and the nearest ones that have one."""
        message = refusal(lambda x: np.packbits(x > 0), X)
        assert "np.packbits" in message

    @pytest.mark.parametrize(
        ("name", "way_out"),
        [("at", r"y = x\.copy\(\)"), ("detach", "stop_gradient"), ("numpy", "as an array")],
    )
    def test_attributes_of_other_arrays(self, name: str, way_out: str) -> None:
        """An attribute of JAX's or PyTorch's arrays is refused, and the message says what to write."""
        with pytest.raises(AttributeError, match=f"no attribute '{name}'.*{way_out}"):
            grad(lambda x: getattr(x, name))(X)

    def test_masks(self) -> None:
        """A traced mask as an index is refused, naming np.where and where=."""
        message = refusal(lambda x: x[x > 0.0], X)
        assert "np.where" in message
        assert "where=mask" in message

    def test_masks_when_eager(self) -> None:
        """With eager=True a mask of values selects."""
        assert jit(lambda x: x[x > 0.0], eager=True)(X).tolist() == [0.5, 2.0]

    @pytest.mark.parametrize("name", ["logsumexp", "softmax", "log_softmax"])
    def test_scipy(self, name: str) -> None:
        """The error for SciPy's functions that are not ufuncs names the equivalent function of this library."""
        special = pytest.importorskip("scipy.special")
        assert f"use miniml.{name}(" in refusal(getattr(special, name), X)

    def test_linear_algebra_of_scipy(self) -> None:
        """SciPy's linear algebra is refused, naming NumPy's."""
        linalg = pytest.importorskip("scipy.linalg")
        message = refusal(lambda x: linalg.solve_triangular(np.eye(3), x), X)
        assert "SciPy's" in message
        assert "wrapper" not in message
        assert "np.linalg.solve" in message

    def test_order_of_a_bessel_function(self) -> None:
        """The gradient by an input without a known derivative is refused, not zero."""
        special = pytest.importorskip("scipy.special")
        with pytest.raises(TraceError, match="jv has no derivative by its first input"):
            grad(lambda v: special.jv(v, 1.0))(0.5)

    def test_sums_into_an_array(self) -> None:
        """The error for np.add.at names two ways to sum by group, and both can be traced."""
        groups, count = np.array([0, 2, 0]), 3
        message = refusal(lambda x: np.add.at(np.zeros(3), groups, x), np.ones(3))
        assert "np.bincount(groups, values, count)" in message
        assert "(groups == np.arange(count)[:, None]) @ rows" in message
        rows = np.arange(6.0).reshape(3, 2)
        found = jit(lambda rows: (groups == np.arange(count)[:, None]) @ rows)(rows)
        assert found.tolist() == [[4.0, 6.0], [0.0, 0.0], [2.0, 3.0]]
        assert jit(lambda v: np.bincount(groups, v, count))(rows[:, 0]).tolist() == [
            4.0,
            0.0,
            2.0,
        ]

    def test_accumulate(self) -> None:
        """The error for a ufunc's method without a rule lists those that have one."""
        message = refusal(np.subtract.accumulate, X)
        assert "np.add.accumulate" in message
