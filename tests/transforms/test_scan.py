"""Loops of steps: under every transform `scan` equals the Python loop, and is traced once."""

import functools
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import miniml as ml
from miniml import scan
from miniml.program.run.build import ThreadLimitedProgram

STEPS, WIDTH, BATCH = 6, 3, 4


def recurrent(params: Any, xs: Any, *, looped: bool = False, reverse: bool = False) -> Any:
    """Return the last state of a recurrent net, and the norms of all states."""

    def step(h: Any, x: Any) -> tuple[Any, Any]:
        h = np.tanh(x @ params["w"] + h @ params["u"] + params["b"])
        return h, np.sum(h * h, -1)

    start = np.zeros((BATCH, WIDTH))
    if not looped:
        return scan(step, start, xs, reverse=reverse)
    found = []
    for x in xs[::-1] if reverse else xs:
        start, y = step(start, x)
        found.append(y)
    return start, np.stack(found[::-1] if reverse else found)


def loss(params: Any, xs: Any, **options: Any) -> Any:
    last, norms = recurrent(params, xs, **options)
    return np.sum(np.sin(last)) + np.sum(norms * np.arange(STEPS)[:, None])


@pytest.fixture
def params() -> dict[str, Any]:
    rng = np.random.default_rng(0)
    shapes = {"w": (2, WIDTH), "u": (WIDTH, WIDTH), "b": (WIDTH,)}
    return {name: rng.normal(size=shape) for name, shape in shapes.items()}


@pytest.fixture
def xs() -> Any:
    return np.random.default_rng(1).normal(size=(STEPS, BATCH, 2))


@pytest.mark.parametrize("reverse", [False, True])
class TestIsTheLoop:
    def test_plain(self, params: Any, xs: Any, reverse: bool) -> None:  # noqa: FBT001 - a parameter of the test
        """In plain NumPy `scan` is the loop."""
        found = recurrent(params, xs, reverse=reverse)
        expected = recurrent(params, xs, looped=True, reverse=reverse)
        assert ml.tree_allclose(found, expected, rtol=1e-13)

    def test_gradients(self, params: Any, xs: Any, reverse: bool) -> None:  # noqa: FBT001 - as above
        """The value and the gradients by parameters and rows are the loop's."""

        def of_both(looped: bool) -> Any:  # noqa: FBT001 - as above
            return lambda both: loss(*both, looped=looped, reverse=reverse)

        found, expected = (
            ml.value_and_grad(of_both(looped))((params, xs)) for looped in (False, True)
        )
        assert ml.tree_allclose(found, expected, rtol=1e-11, atol=1e-12)

    def test_hessians(self, params: Any, xs: Any, reverse: bool) -> None:  # noqa: FBT001 - as above
        """Second derivatives are the loop's."""
        found, expected = (
            ml.hessian(functools.partial(loss, looped=looped, reverse=reverse))(params, xs)
            for looped in (False, True)
        )
        np.testing.assert_allclose(found, expected, rtol=1e-10, atol=1e-10)

    def test_maps(self, params: Any, xs: Any, reverse: bool) -> None:  # noqa: FBT001 - as above
        """Maps over parameters, over rows, and over both are the loop's."""
        members = {name: np.stack([leaf, 0.5 * leaf, -leaf]) for name, leaf in params.items()}
        rows = np.stack([xs, xs + 1.0, 2.0 * xs], axis=1)
        for axes in ((0, None), (None, 1), (0, 1)):
            given = (members if axes[0] == 0 else params, rows if axes[1] == 1 else xs)
            found, expected = (
                ml.vmap(
                    ml.grad(lambda p, x, looped=looped: loss(p, x, looped=looped, reverse=reverse)),
                    axes,
                )(*given)
                for looped in (False, True)
            )
            assert ml.tree_allclose(found, expected, rtol=1e-10, atol=1e-11)


def test_traced_once(params: Any) -> None:
    """The program for a thousand steps is as long as that for ten."""
    few, many = (
        ml.grad(lambda p, x: np.sum(recurrent(p, x)[1])).source(params, np.ones((n, BATCH, 2)))
        for n in (10, 1000)
    )
    assert len(few.splitlines()) == len(many.splitlines())
    assert "for t in range(1000):" in many


def test_loops_in_loops() -> None:
    """A step may contain a loop; second derivatives pass through both."""

    def nested(x: Any, *, looped: bool) -> Any:
        def inner(c: Any, y: Any) -> tuple[Any, Any]:
            return np.sin(c * y) + 0.5 * c, c * c

        def outer(c: Any, row: Any) -> tuple[Any, Any]:
            if not looped:
                c, ys = scan(inner, c, row)
                return c, np.sum(ys)
            total = 0.0
            for y in row:
                c, made = inner(c, y)
                total = total + made
            return c, total

        if not looped:
            last, totals = scan(outer, np.ones(()), x)
            return last + np.sum(totals**2)
        c, parts = np.float64(1.0), 0.0
        for row in x:
            c, made = outer(c, row)
            parts = parts + made**2
        return c + parts

    x = np.random.default_rng(2).normal(size=(3, 4))
    for transform in (ml.value_and_grad, ml.hessian):
        found, expected = (
            transform(lambda x, looped=looped: nested(x, looped=looped))(x)
            for looped in (False, True)
        )
        assert ml.tree_allclose(found, expected, rtol=1e-11, atol=1e-12)


def test_integers_and_truth_values_are_carried() -> None:
    """Carried integers and truth values have no gradient, and keep their dtypes."""

    def step(carry: Any, x: Any) -> tuple[Any, Any]:
        count, total, positive = carry
        return (count + 1, total + x * count, positive & np.all(x > -9.0)), (total, count * 2)

    def of_rows(x: Any) -> Any:
        carry, (totals, counts) = scan(step, (np.int64(0), np.zeros(2), np.bool_(True)), x)
        return np.sum(carry[1]) + np.sum(totals * counts[:, None]), (carry, counts)

    x = np.random.default_rng(3).normal(size=(5, 2))
    gradient, (carry, counts) = ml.grad(of_rows, has_aux=True)(x)
    assert (int(carry[0]), bool(carry[2])) == (5, True)
    np.testing.assert_array_equal(counts, [0, 2, 4, 6, 8])
    ml.check_grads(lambda x: of_rows(x)[0], x)
    assert gradient.shape == x.shape


def test_without_rows() -> None:
    """`length` replaces rows: Newton's square root."""

    def root(a: float) -> Any:
        return scan(lambda x, _: (0.5 * (x + a / x), None), a, None, length=30)[0]

    value, slope = ml.value_and_grad(root)(2.0)
    assert value == pytest.approx(np.sqrt(2.0), rel=1e-15)
    assert slope == pytest.approx(0.5 / np.sqrt(2.0), rel=1e-12)


def test_float32_stays() -> None:
    """Values and gradients keep their dtypes."""
    x = np.ones((4, 2), np.float32)

    def summed(x: Any) -> Any:
        last, all_ = scan(lambda c, r: (c * np.float32(0.5) + r, c), np.zeros(2, np.float32), x)
        assert last.dtype == all_.dtype == np.dtype("f4")
        return np.sum(last) + np.sum(all_)

    assert ml.grad(summed)(x).dtype == np.float32


@given(st.integers(1, 5), st.integers(0, 3), st.booleans())
def test_shapes(steps: int, width: int, eager: bool) -> None:  # noqa: FBT001 - drawn
    """Any number of steps and of elements works, eagerly too."""
    x = np.random.default_rng(steps).normal(size=(steps, width))

    def total(x: Any) -> Any:
        last, sums = scan(lambda c, r: (np.sin(c) + r, np.sum(c * r)), np.ones(width), x)
        return np.sum(last) + np.sum(sums)

    def looped(x: Any) -> Any:
        c, sums = np.ones(width), 0.0
        for r in x:
            c, sums = np.sin(c) + r, sums + np.sum(c * r)
        return np.sum(c) + sums

    found = ml.value_and_grad(total, eager=eager)(x)
    assert ml.tree_allclose(found, ml.value_and_grad(looped)(x), rtol=1e-12, atol=1e-12)


def test_what_is_carried_begins_as_it_goes_on() -> None:
    """A first carry of a narrower dtype is converted to that of a step's carry, as in a Python loop."""
    x = np.random.default_rng(4).normal(size=5)

    def step(total: Any, row: Any) -> tuple[Any, Any]:
        return total + row, None

    def summed(x: Any) -> Any:
        return scan(step, 0, x)[0]

    assert ml.jit(summed)(x) == summed(x)
    np.testing.assert_array_equal(ml.grad(summed)(x), np.ones(5))


def test_what_loops_cost() -> None:
    """Costs count all steps, and BLAS gets the threads that one step's products are worth."""

    def last(w: Any, x: Any) -> Any:
        return scan(lambda h, row: (np.tanh(h @ w + row), None), x[0], x)[0]

    few, many = (ml.jit(last).explain(np.ones((5, 5)), np.ones((n, 4, 5))) for n in (10, 1000))
    assert 1000 * 2 * 4 * 5 * 5 <= many.flops < 101 * few.flops < 1.02 * many.flops
    assert many.bytes > 90 * few.bytes
    program: Any = ml.jit(last)
    args = np.ones((100, 100)), np.ones((3, 100, 100))
    assert isinstance(program.lower(*args).program, ThreadLimitedProgram)


class TestPythonNumbers:
    """The carry may begin as a Python number, or become one."""

    @pytest.mark.parametrize("start", [0, 0.0])
    def test_adapt(self, start: float) -> None:
        """A Python number takes the dtype of what a step makes of it, as in a Python loop."""
        rows = np.arange(4, dtype=np.float32)
        begin: Any = start
        last, means = ml.jit(lambda x: scan(lambda c, r: (0.5 * c + r, c * r), begin, x))(rows)
        assert (last.dtype, means.dtype) == (np.float32, np.float32)
        assert last == 4.25

    def test_stay(self) -> None:
        """A carry that is a Python number in each step is one in the end."""
        last, _ = ml.jit(lambda x: scan(lambda c, _: (2.0 * c, None), x, None, length=3))(1.0)
        assert (type(last), last) == (float, 8.0)

    def test_fit(self) -> None:
        """A step may return a Python number as its carry."""
        rows = np.arange(4, dtype=np.float32)
        begin: Any = np.float32(1.0)
        last, _ = ml.jit(lambda x: scan(lambda c, r: (0.0, c * r), begin, x))(rows)
        assert last.dtype == np.float32

    def test_constants_are_of_numpy(self) -> None:
        """A constant carry is divided by NumPy's rules, without Python's errors."""

        def step(c: Any, r: Any) -> tuple[Any, Any]:
            return np.float64(-0.0), (1.0 / c + r, (c - 1.0) ** 0.5)

        _, (inverse, root) = ml.jit(lambda x: scan(step, np.float64(5.0), x))(np.zeros(3))
        np.testing.assert_array_equal(inverse, [0.2, -np.inf, -np.inf])
        np.testing.assert_array_equal(root, [2.0, np.nan, np.nan])


@pytest.mark.parametrize("run", [lambda f: f, ml.jit, lambda f: ml.jit(f, eager=True)])
def test_a_step_that_changes_what_it_is_given(run: Any) -> None:
    """A step that writes to its arguments changes neither the caller's arrays nor earlier outputs."""

    def step(total: Any, row: Any) -> Any:
        total += row
        row *= 2.0
        return total, (total, row)

    start, rows = np.zeros(2), np.arange(6.0).reshape(3, 2)
    total, (totals, doubled) = run(lambda c, xs: ml.scan(step, c, xs))(start, rows)
    np.testing.assert_array_equal(total, [6.0, 9.0])
    np.testing.assert_array_equal(totals, np.cumsum(rows, axis=0))
    np.testing.assert_array_equal(doubled, 2.0 * rows)
    np.testing.assert_array_equal(start, [0.0, 0.0])
    np.testing.assert_array_equal(rows.ravel(), np.arange(6.0))


def test_large_unsigned_integers() -> None:
    """The carry keeps all bits of large unsigned integers."""
    rows = np.arange(3, dtype=np.uint64)
    start = np.uint64(2**63 + 5)
    last, all_ = ml.jit(lambda x: scan(lambda c, r: (c + r, c), start, x))(rows)
    assert last.dtype == np.dtype("u8")
    assert int(last) == 2**63 + 8
    np.testing.assert_array_equal(all_, start + np.array([0, 0, 1], np.uint64))


class TestErrors:
    @pytest.mark.parametrize(
        ("found", "described"),
        [(None, "nothing"), ((1, 2, 3), "a tuple of 3"), (np.ones(2), "a nd")],
    )
    def test_no_pair(self, found: Any, described: str) -> None:
        """A step that does not return a pair is an error, traced or not."""

        def run(start: Any) -> Any:
            return scan(lambda *_: found, start, None, length=2)

        for each in (run, ml.jit(run)):
            with pytest.raises(TypeError, match=f"must return a pair.*returned {described}"):
                each(np.ones(2))

    @pytest.mark.parametrize("nested", [False, True])
    def test_what_escapes_from_a_step(self, nested: bool) -> None:  # noqa: FBT001 - a parameter of the test
        """A value of one step that is used outside is an error: it would be the first step's."""

        def leaking(x: Any) -> Any:
            kept: list[Any] = []

            def step(c: Any, r: Any) -> tuple[Any, Any]:
                kept.append(c * r)
                return c + r, c

            return scan(step, x[0], x)[0] + kept[-1]

        def around(x: Any) -> Any:
            return scan(lambda c, r: (c + r, leaking(x * r)), np.zeros(2), x)[1]

        with pytest.raises(ml.TraceError, match=r"has escaped from the function given to scan"):
            ml.jit(around if nested else leaking)(np.ones((3, 2)))

    @pytest.mark.parametrize("length", [0, -2])
    def test_lengths_of_nothing(self, length: int) -> None:
        """A length of zero or less is an error."""
        with pytest.raises(ValueError, match="no rows"):
            scan(lambda c, _: (c, c), 1.0, None, length=length)

    def test_lengths_of_no_integer(self) -> None:
        """A length that is not an integer is an error."""
        with pytest.raises(TypeError, match="integer"):
            scan(lambda c, _: (c, c), 1.0, None, length=2.5)  # type: ignore[call-overload]  # the mistake

    def test_lengths(self) -> None:
        """The error about arrays of different lengths shows their shapes."""
        with pytest.raises(ValueError, match=r"'a': \(3,\), 'b': \(4, 2\).*one length"):
            scan(lambda c, _: (c, c), 0.0, {"a": np.ones(3), "b": np.ones((4, 2))})

    def test_no_rows(self) -> None:
        """An array without rows is an error."""
        with pytest.raises(ValueError, match="no rows"):
            scan(lambda c, x: (c + x, c), np.zeros(2), np.ones((0, 2)))

    def test_what_is_carried_changes(self) -> None:
        """The error about a carry of another shape shows both shapes."""

        def grows(x: Any) -> Any:
            start = {"mean": 0.0, "sum": np.zeros(())}
            return scan(lambda c, r: ({"mean": 0.0, "sum": c["sum"] + r}, c), start, x)[0]["sum"]

        with pytest.raises(
            ml.TraceError, match=r"at sum goes into a step as .*\[\].* comes out as .*\[2\]"
        ):
            ml.grad(grows)(np.ones((3, 2)))

    def test_what_is_carried_changes_its_structure(self) -> None:
        """The error about a carry of another structure shows both structures."""

        def paired(c: Any, r: Any) -> tuple[Any, Any]:
            return (c, r), c

        def pairs(x: Any) -> Any:
            return scan(paired, np.zeros(2), x)[0]

        with pytest.raises(ValueError, match=r"given a carry .* returns .* must be the same"):
            ml.jit(pairs)(np.ones((3, 2)))
