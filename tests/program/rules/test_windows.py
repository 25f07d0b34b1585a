"""Sliding windows: convolutions, pooling, and their gradients."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.lib.stride_tricks import sliding_window_view

import miniml as ml
from tests.program.table import QUICK


@st.composite
def cases(draw: st.DrawFn) -> tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...], Any]:
    """A shape, the axes and extents of windows, and an index into the windows."""
    shape = tuple(draw(st.lists(st.integers(1, 7), min_size=1, max_size=3)))
    axes = tuple(draw(st.lists(st.integers(0, len(shape) - 1), min_size=1, max_size=2)))
    left = list(shape)
    extents = []
    for axis in axes:
        extents.append(draw(st.integers(1, left[axis])))
        left[axis] -= extents[-1] - 1
    index: list[int | slice] = []
    for extent in [*left, *extents]:
        ends, steps = st.integers(0, extent), st.sampled_from([1, 1, 2, 3, -1])
        spans = st.builds(slice, ends, ends, steps) | st.just(slice(None))
        index.append(draw(spans | st.integers(0, extent - 1)))
    return shape, axes, tuple(extents), tuple(index)


@given(cases())
def test_windows_are_looked_at_and_added_up_where_they_lie(case: Any) -> None:
    """Each element gets the weights of the windows that hold it, for any slice of the windows."""
    shape, axes, extents, index = case
    rng = np.random.default_rng(0)
    x = rng.normal(size=shape)
    numbers = sliding_window_view(np.arange(x.size).reshape(shape), extents, axes)[index]
    weights = rng.normal(size=numbers.shape)

    def loss(x: Any) -> Any:
        part = sliding_window_view(x, extents, axes)[index]
        return np.sum(weights * part), part

    grad, part = ml.grad(loss, has_aux=True)(x)
    np.testing.assert_array_equal(part, x.ravel()[numbers])
    expected = np.bincount(numbers.ravel(), weights.ravel(), x.size).reshape(shape)
    np.testing.assert_allclose(grad, expected, rtol=1e-13, atol=1e-13)


@given(cases(), st.integers(0, 3))
def test_windows_of_each_example(case: Any, axis: int) -> None:
    """Under vmap, windows and their gradient are those of each element of the batch."""
    shape, axes, extents, index = case
    axis = min(axis, len(shape))
    x = np.random.default_rng(0).normal(size=(*shape[:axis], 3, *shape[axis:]))

    def loss(x: Any) -> Any:
        return np.sum(np.sin(sliding_window_view(x, extents, axes)[index]) ** 2)

    found = ml.vmap(ml.value_and_grad(loss), in_axes=axis)(x)
    each = [ml.value_and_grad(loss)(part.copy()) for part in np.moveaxis(x, axis, 0)]
    expected = ml.tree_map(lambda *parts: np.stack(parts), *each)
    assert ml.tree_allclose(found, expected, rtol=1e-12, atol=1e-12)


def channels_last(x: Any, w: Any, step: int) -> Any:
    windows = sliding_window_view(x, w.shape[:2], axis=(1, 2))[:, ::step, ::step]
    return np.einsum("nhwcij,ijco->nhwo", windows, w)


def channels_first(x: Any, w: Any, step: int) -> Any:
    windows = sliding_window_view(x, w.shape[2:], axis=(2, 3))[:, :, ::step, ::step]
    return np.einsum("nchwij,ocij->nohw", windows, w)


def by_tensordot(x: Any, w: Any, step: int) -> Any:
    windows = sliding_window_view(x, w.shape[:2], axis=(1, 2))[:, ::step, ::step]
    return np.tensordot(windows, w, ([3, 5, 4], [2, 1, 0]))


def by_matmul(x: Any, w: Any, step: int) -> Any:
    windows = sliding_window_view(x, w.shape[:2], axis=(1, 2))[:, ::step, ::step]
    rows = windows.transpose(0, 1, 2, 4, 5, 3).reshape(-1, w[..., 0].size)
    return (rows @ w.reshape(-1, w.shape[-1])).reshape(*windows.shape[:3], -1)


LAST, FIRST = ("NHWC", "HWIO", "NHWC"), ("NCHW", "OIHW", "NCHW")
CONVOLUTIONS = [
    (channels_last, LAST, (3, 8, 9, 4), (3, 2, 4, 5)),
    (channels_last, LAST, (3, 8, 9, 1), (3, 2, 1, 5)),
    (channels_last, LAST, (3, 8, 9, 4), (8, 9, 4, 5)),
    (channels_last, LAST, (3, 8, 9, 4), (1, 1, 4, 1)),
    (channels_first, FIRST, (3, 4, 8, 9), (5, 4, 3, 2)),
    (channels_first, FIRST, (1, 1, 8, 9), (1, 1, 3, 2)),
    (by_tensordot, LAST, (3, 8, 9, 4), (3, 2, 4, 5)),
    (by_matmul, LAST, (3, 8, 9, 4), (3, 2, 4, 5)),
]


@pytest.mark.jax
@pytest.mark.parametrize("backend", ["numpy", "jax"])
@pytest.mark.parametrize(("convolve", "layout", "x", "w"), CONVOLUTIONS)
def test_convolutions(convolve: Any, layout: Any, x: Any, w: Any, backend: Any) -> None:
    """Convolutions by windows, and their gradients by image and filter, are JAX's."""
    jax = pytest.importorskip("jax")
    rng = np.random.default_rng(0)
    args = [rng.normal(size=shape) for shape in (x, w)]
    for step in (1, 2):

        def theirs(args: Any, step: int = step) -> Any:
            y = jax.lax.conv_general_dilated(
                *args, (step, step), "VALID", dimension_numbers=layout, precision="highest"
            )
            return jax.numpy.sum(y**3)

        def ours(args: Any, step: int = step) -> Any:
            return np.sum(convolve(*args, step) ** 3)

        with jax.enable_x64(True):
            oracle = jax.jit(jax.value_and_grad(theirs)).lower(args)
            expected = oracle.compile(compiler_options=QUICK)(args)
        found = ml.value_and_grad(ours, backend=backend)(args)
        for f, e in zip(jax.tree.leaves(found), jax.tree.leaves(expected), strict=True):
            np.testing.assert_allclose(f, e, rtol=1e-10, atol=1e-10 * np.abs(e).max())


def test_a_gradient_by_the_image_needs_no_windows() -> None:
    """It takes the memory of the image and the result, not that of all windows."""
    image, filters = np.ones((16, 16, 16, 8)), np.ones((5, 5, 8, 8))
    program = ml.grad(lambda x: np.sum(np.tanh(channels_last(x, filters, 1))))
    assert "add_products(" in program.source(image)
    assert program.explain(image).workspace < 4 * image.nbytes


@pytest.mark.parametrize("reduce", ["sum", "mean", "max", "min"])
@pytest.mark.parametrize("step", [1, 2, 3])
def test_pooling(reduce: str, step: int) -> None:
    """Reductions over windows are NumPy's, and go through them row by row."""
    x = np.random.default_rng(0).normal(size=(2, 9, 8, 2))

    def pooled(x: Any) -> Any:
        windows = sliding_window_view(x, (3, 2), axis=(1, 2))[:, ::step, ::step]
        return getattr(np, reduce)(windows, axis=(-2, -1))

    program = ml.jit(pooled)
    assert "windows(" not in program.source(x)
    np.testing.assert_allclose(program(x), pooled(x), rtol=1e-12, atol=1e-13)
    ml.check_grads(lambda x: np.sum(pooled(x) ** 2), x)


def test_a_window_that_does_not_fit() -> None:
    """A window that does not fit is refused, as by NumPy."""
    for extents, axes in [((9,), (0,)), ((2, 2), (0,)), ((-1,), (0,)), ((2,), (1,))]:
        with pytest.raises(ValueError, match=r"window|axis"):
            ml.jit(lambda x, e=extents, a=axes: sliding_window_view(x, e, a))(np.ones(8))


def test_windows_of_what_does_not_lie_row_after_row() -> None:
    """The windows of a turned or sliced input are NumPy's."""
    x = np.arange(48.0).reshape(6, 8)
    for part in (x.T, x[::2, ::-1], np.asfortranarray(x), np.broadcast_to(x[0], (6, 8))):
        found = ml.jit(lambda x: sliding_window_view(x, (2, 3)))(part)
        np.testing.assert_array_equal(found, sliding_window_view(part, (2, 3)))
