"""Batches: `vmap` equals the loop over the batch, and composes with every transform."""

from typing import Any

import numpy as np
import pytest

import miniml as ml
from miniml.datasets.labels import refuse_zeros


def loss(params: Any, x: Any, y: Any) -> Any:
    hidden = np.tanh(x @ params["w"])
    return (hidden @ params["v"] - y) ** 2


@pytest.fixture
def params() -> dict[str, Any]:
    rng = np.random.default_rng(0)
    return {"w": rng.normal(size=(3, 4)), "v": rng.normal(size=4)}


@pytest.fixture
def x() -> Any:
    return np.random.default_rng(1).normal(size=(5, 3))


@pytest.fixture
def y() -> Any:
    return np.random.default_rng(2).normal(size=5)


def stacked(trees: list[Any]) -> Any:
    return ml.tree_map(lambda *leaves: np.stack(leaves), *trees)


def scaled(params: Any) -> list[Any]:
    return [{name: k * leaf for name, leaf in params.items()} for k in (0.5, 1.0, 2.0)]


def test_gradients_of_points(params: Any, x: Any, y: Any) -> None:
    """The gradients of the points have the gradient of the mean as their mean."""
    each = ml.vmap(ml.grad(loss), in_axes=(None, 0, 0))(params, x, y)
    one_by_one = stacked([ml.grad(loss)(params, a, b) for a, b in zip(x, y, strict=True)])
    assert ml.tree_allclose(each, one_by_one, rtol=1e-12)
    mean = ml.grad(lambda p: np.mean(ml.vmap(loss, (None, 0, 0))(p, x, y)))(params)
    assert ml.tree_allclose(mean, ml.tree_map(lambda g: g.mean(0), each), rtol=1e-12)


def test_ensembles(params: Any, x: Any, y: Any) -> None:
    """Several sets of parameters are evaluated at once on the same point."""
    members = scaled(params)
    found = ml.vmap(loss, in_axes=(0, None, None))(stacked(members), x[0], y[0])
    np.testing.assert_allclose(found, [loss(m, x[0], y[0]) for m in members], rtol=1e-12)


def test_maps_nest(params: Any, x: Any, y: Any) -> None:
    """A map over members of a map over points equals the loops."""
    members = scaled(params)
    points = ml.vmap(loss, in_axes=(None, 0, 0))
    found = ml.vmap(points, in_axes=(0, None, None))(stacked(members), x, y)
    expected = [[loss(m, a, b) for a, b in zip(x, y, strict=True)] for m in members]
    np.testing.assert_allclose(found, expected, rtol=1e-12)


def test_axes(x: Any) -> None:
    """The batch may lie along any axis, of the arguments and of the result."""
    found = ml.vmap(lambda row: row * 2.0, in_axes=-1, out_axes=1)(x)
    np.testing.assert_array_equal(found, x * 2.0)


def test_keywords_are_mapped_over_their_first_axis(x: Any, y: Any) -> None:
    """Keyword arguments are mapped over their first axis, whatever `in_axes` is."""
    found = ml.vmap(lambda row, *, label: np.sum(row) * label, in_axes=1)(x.T, label=y)
    np.testing.assert_allclose(found, x.sum(1) * y, rtol=1e-12)


def test_what_is_the_same_for_all_is_given_to_each(x: Any) -> None:
    """Results that do not depend on the batch are repeated, numbers too."""
    found = ml.vmap(lambda row: (1.5, np.ones(2), {"a": np.sum(row)}))(x)
    np.testing.assert_array_equal(found[0], np.full(5, 1.5))
    np.testing.assert_array_equal(found[1], np.ones((5, 2)))
    np.testing.assert_allclose(found[2]["a"], x.sum(1), rtol=1e-12)


def test_loops_over_rows(x: Any) -> None:
    """The mapped function may contain a Python loop."""
    sets = np.stack([x, 2.0 * x, x - 1.0])
    found = ml.vmap(lambda rows: sum(np.sin(r[0]) * r[1] for r in rows))(sets)
    np.testing.assert_allclose(found, (np.sin(sets[..., 0]) * sets[..., 1]).sum(1), rtol=1e-12)


def test_on_all_at_once(params: Any, x: Any, y: Any) -> None:
    """The number of operations does not grow with the batch."""
    each = ml.vmap(ml.grad(loss), in_axes=(None, 0, 0))
    few, many = (each.source(params, a, b) for a, b in ((x, y), (x.repeat(9, 0), y.repeat(9))))
    assert len(few.splitlines()) == len(many.splitlines())


def test_eager(x: Any) -> None:
    """With eager=True the first element decides the branch for the batch."""

    def signed(row: Any) -> Any:
        return row if row[0] > 0 else -row

    sign = 1.0 if x[0, 0] > 0 else -1.0
    np.testing.assert_array_equal(ml.vmap(signed, eager=True)(x), sign * x)


def test_typed_like_its_function() -> None:
    """The source names the function's parameters."""
    assert "def program(row, workspace)" in ml.vmap(lambda row: row + 1.0).source(np.ones((2, 3)))


@pytest.mark.parametrize(
    ("axes", "arrays", "message"),
    [
        (
            0,
            (np.ones(3), np.ones(4)),
            "argument 1 has 4 elements along the batch axis 0.* before has 3",
        ),
        (0, (np.ones(3), 2.0), "argument 1 is a number.*pass in_axes=None for it"),
        (1, (np.ones((2, 3)), np.ones(3)), r"argument 1 has the shape \(3,\), and has no axis 1"),
        (0, (np.ones((0, 3)), np.ones(0)), "argument 0 has an empty batch"),
        ((0,), (np.ones(3), np.ones(3)), "in_axes has 1 entries for 2 arguments"),
        (None, (np.ones(3), np.ones(3)), "no array to map over"),
    ],
)
def test_arguments_that_do_not_fit(axes: Any, arrays: Any, message: str) -> None:
    """The error names the argument, its shape, and what to pass instead."""
    axes = (None, None) if axes is None else axes
    with pytest.raises(ValueError, match=message):
        ml.vmap(lambda a, b: a + b, in_axes=axes)(*arrays)


@pytest.mark.parametrize("dtype", ["?", "i1", "i4", "f4"])
def test_products_of_vectors_keep_their_dtype(dtype: str) -> None:
    """Sums of small integers and of truth values, which are wider, are mapped too."""
    a = np.array([[3, 0, 1], [2, 5, 60]]).astype(dtype)
    found = ml.vmap(lambda u, v: u @ v)(a, a)
    expected = np.stack([u @ u for u in a])
    assert found.dtype == expected.dtype
    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("shapes", [((2, 0), (0, 3)), ((0,), (0,)), ((2, 0), (0,)), ((0, 3), (3,))])
def test_products_of_nothing(shapes: Any) -> None:
    """Matrices without rows or columns are multiplied by one that the batch shares."""
    a, b = (np.ones(shape) for shape in shapes)
    many = np.stack([a, a, a])
    for axes, given in (((0, None), (many, b)), ((None, 0), (a, np.stack([b, b, b])))):
        found = ml.vmap(lambda u, v: u @ v, axes)(*given)
        np.testing.assert_array_equal(found, np.stack([a @ b] * 3))


def test_what_escapes_from_an_example(x: Any) -> None:
    """A value of one element that is used outside is an error: it would be the first element's."""

    def leaking(rows: Any) -> Any:
        kept: list[Any] = []

        def keeping(row: Any) -> Any:
            kept.append(row * 2.0)
            return row

        return ml.vmap(keeping)(rows) + kept[-1]

    with pytest.raises(ml.TraceError, match="has escaped from the function given to scan or vmap"):
        ml.jit(leaking)(x)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"in_axes": ({"a": 0},)}, r"in_axes is \(\{'a': 0\},\): expected an integer, or one"),
        ({"in_axes": 0.5}, r"in_axes is 0\.5: expected an integer, or one, or None, for each"),
        ({"out_axes": (0, 1)}, r"out_axes is \(0, 1\): expected an integer$"),
    ],
)
def test_axes_that_are_none(options: Any, message: str) -> None:
    """Trees of axes, which other libraries accept, are an error when the map is made."""
    with pytest.raises(TypeError, match=message):
        ml.vmap(lambda a: a, **options)


def test_axes_that_results_lack(x: Any) -> None:
    """The error names the result and its shape."""
    with pytest.raises(ValueError, match=r"the result at sum has the shape \(\): .* no axis 1"):
        ml.vmap(lambda row: {"row": row, "sum": np.sum(row)}, out_axes=1)(x)


def test_axes_are_numpys_integers_too(x: Any) -> None:
    """Axes may be NumPy integers."""
    found = ml.vmap(lambda row: row * 2.0, in_axes=np.int64(1), out_axes=np.int64(1))(x)  # type: ignore[call-overload]  # not declared, but taken
    np.testing.assert_array_equal(found, x * 2.0)


def test_labels_are_checked() -> None:
    """A check of the function's labels looks at the whole batch, or all rows."""

    def of_one_point(score: Any, label: Any) -> Any:
        refuse_zeros(label)
        return ml.logistic_loss(score, label)

    def summed(scores: Any, labels: Any) -> Any:
        def step(total: Any, row: Any) -> tuple[Any, Any]:
            return total + of_one_point(*row), None

        return ml.scan(step, 0.0, (scores, labels))[0]

    for function in (ml.vmap(of_one_point), ml.jit(summed), ml.grad(ml.jit(summed))):
        with pytest.raises(ValueError, match="2 of the 4 labels are 0"):
            function(np.ones(4), np.array([1.0, 0.0, 0.0, 1.0]))
        function(np.ones(4), np.array([1.0, -1.0, -1.0, 1.0]))
