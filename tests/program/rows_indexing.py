"""Indexing, sorting, and functions that take elements by index."""

from typing import Any

from numpy import arange, array

from tests.program.table import row

THREE = (2, 3, 4)
TWICE = array([0, 2, 2, 1, -1])
MATRIX = array([[0, 1], [2, 2]])
MASK = array([True, False, True])
MASKS = array([[True, False, True, True], [False, True, False, False], [True, True, True, False]])
XP = array([-1.5, -0.2, 0.4, 1.9])


def unpacked(np: Any, x: Any) -> Any:
    a, b, c = x
    return a * b + c


def kept(np: Any, x: Any) -> Any:
    """Take a row before its memory is reused."""
    y = np.tanh(x)
    first = y[np.argmax(x[:, 0])]
    z = np.exp(3.0 * y) + np.sin(y)
    return np.sum(z * z) * first


row("x[i]", lambda np, x: x[1] ** 2)
row("x[i, j]", lambda np, x: x[-1, 2] ** 2)
row("x[a:b]", lambda np, x: x[1:] * x[:-1])
row("x[:, ::-2]", lambda np, x: x[:, ::-2] ** 2)
row("x[::-1]", lambda np, x: x[::-1] * x[:, 3:0:-1].sum())
row("x[..., None]", lambda np, x: x[..., None, 1] ** 2)
row("x[()]", lambda np, x: x[()] ** 2)
row("iteration", lambda np, x: sum(r[0] * r[1] for r in x))
row("reversed()", lambda np, x: sum(i * r for i, r in enumerate(reversed(x))) ** 2)
row("unpacking", unpacked)
row("len()", lambda np, x: len(x) * x[len(x) - 1] ** 2)

row("x[array]", lambda np, x: x[TWICE] ** 2)
row("x[matrix]", lambda np, x: x[MATRIX] ** 2)
row("x[list]", lambda np, x: x[array([0, 0, 2])] * x[:, array([1, 3, 3, 0])][:, :1].sum())
row("x[[0, 0]]", lambda np, x: x[[0, 0, 2]] ** 2, jax=False)
row("x[:, array]", lambda np, x: x[:, TWICE] ** 2)
row("x[array, array]", lambda np, x: x[TWICE, TWICE + 1] ** 2)
row("x[column, row]", lambda np, x: x[MATRIX[:, :1], arange(4)] ** 2)
row("x[i, :, array]", lambda np, x: x[1, :, TWICE] ** 2, THREE)
row("x[array, None, i]", lambda np, x: x[TWICE, None, 1] ** 2)
row("x[..., array]", lambda np, x: x[..., TWICE] ** 2, THREE)
row("x[array, ...]", lambda np, x: x[TWICE % 2, ..., 1:3] ** 2, THREE)
row("x[array, a:b]", lambda np, x: x[TWICE, 1:3] ** 2)
row("x[0-d array]", lambda np, x: x[array(1)] ** 2)
row("x[mask]", lambda np, x: x[MASK] ** 2)
row("x[:, mask]", lambda np, x: x[:, MASK] ** 2, THREE)
row("x[masks]", lambda np, x: x[MASKS] ** 2)
row("x[mask, array]", lambda np, x: x[MASK, array([1, 0])] ** 2)
row("x[traced]", lambda np, x: x[np.argmax(x, axis=0)] ** 2)
row("x[traced scalar], kept", kept)
row("x[traced scalar]", lambda np, x: x[np.argmax(x[:, 0])] ** 2)
row("x[traced, array]", lambda np, x: x[np.argsort(x[:, 0]), array([1, 1, 0])] ** 2)

row("take", lambda np, x: np.take(x, TWICE) ** 2)
row("take, axis", lambda np, x: np.take(x, TWICE, axis=1) ** 2)
row("take one", lambda np, x: x.take(1, axis=0) ** 2)
row("take, clip", lambda np, x: np.take(x, TWICE * 5, axis=0, mode="clip") ** 2)
row("take, wrap", lambda np, x: np.take(x, TWICE * 5, axis=0, mode="wrap") ** 2)
row(
    "take_along_axis",
    lambda np, x: np.take_along_axis(x, MATRIX[:, :1] + array([[0, -1, -2, 0]]), 0),
)
row(
    "take_along_axis, traced",
    lambda np, x: np.take_along_axis(x, np.argmax(x, axis=1, keepdims=True), 1) ** 2,
)
row("take_along_axis, flat", lambda np, x: np.take_along_axis(x, TWICE, None) ** 2)
row("compress", lambda np, x: np.compress(MASK, x, axis=0) ** 2, jax=False)
row("extract", lambda np, x: np.extract(MASKS, x) ** 2, jax=False)
row(
    "sliding_window_view",
    lambda np, x: np.lib.stride_tricks.sliding_window_view(x, (2, 3)) ** 2,
    jax=False,
)
row(
    "sliding_window_view, axis",
    lambda np, x: np.lib.stride_tricks.sliding_window_view(x, 2, axis=-1).sum(axis=1) ** 2,
    jax=False,
)
row(
    "sliding_window_view, einsum",
    lambda np, x, w: np.einsum(
        "tcuk,ksc->us", np.lib.stride_tricks.sliding_window_view(x, (3, 2), (0, 0))[::2], w
    ),
    (9, 2),
    (2, 4, 2),
    jax=False,
)
row("bincount", lambda np, x: np.bincount(TWICE % 3, x, minlength=4) ** 2, (5,), jax=False)

row("sort", lambda np, x: np.sort(x) ** 2 * arange(4))
row("sort, axis", lambda np, x: np.sort(x, axis=0) ** 3)
row("sort, flat", lambda np, x: np.sort(x, axis=None) ** 2 * arange(12))
row("argsort", lambda np, x: np.argsort(x, axis=0))
row("x.argsort()", lambda np, x: x.argsort())
row("partition", lambda np, x: np.partition(x, 2, axis=-1)[:, 2] ** 2)
row("argpartition", lambda np, x: np.argpartition(x, 2, axis=0)[2])
row("lexsort", lambda np, x: np.lexsort((x[0], x[1] > 0)))
row("searchsorted", lambda np, x: np.searchsorted(XP, x))
row("searchsorted, right", lambda np, x: np.searchsorted(np.sort(x), 0.3, side="right"), (4,))
row("digitize", lambda np, x: np.digitize(x, XP))
row("interp", lambda np, x: np.interp(x, XP, array([0.3, -1.0, 2.0, 0.5])))
row(
    "interp, all traced",
    lambda np, x, s, f: np.interp(x, np.cumsum(s), f),
    (5,),
    (4,),
    (4,),
    low=0.2,
)
row("interp, ends", lambda np, x: np.interp(2 * x, XP, XP**2, left=0.1, right=x[0, 0]))
row("interp, period", lambda np, x: np.interp(x, XP, XP**2, period=2.3))

row("diff", lambda np, x: np.diff(x) ** 2)
row("diff, twice", lambda np, x: np.diff(x, n=2, axis=0) ** 2)
row("diff, ends", lambda np, x: np.diff(x, prepend=0.5, append=x[:, :1]) ** 2)
row("ediff1d", lambda np, x: np.ediff1d(x) ** 2)
row("gradient", lambda np, x: np.gradient(x, 0.5, axis=1) ** 2)
row("gradient, all axes", lambda np, x: [g**2 for g in np.gradient(x)])
row("trapezoid", lambda np, x: np.trapezoid(x, dx=0.5) ** 2)
row("trapezoid, x", lambda np, x, at: np.trapezoid(x, at, axis=0) ** 2, (3, 4), (3,))
row("convolve", lambda np, a, b: np.convolve(a, b) ** 2, (5,), (3,))
row("convolve, same", lambda np, a, b: np.convolve(a, b, mode="same") ** 2, (3,), (5,))
row("convolve, valid", lambda np, a, b: np.convolve(a, b, mode="valid") ** 2, (5,), (3,))
row("correlate", lambda np, a, b: np.correlate(a, b) ** 2, (5,), (3,))
row("correlate, full", lambda np, a, b: np.correlate(a, b, mode="full") ** 2, (3,), (4,))
row("polyval", lambda np, p, x: np.polyval(p, x), (3,), (2, 2))
row("vander, 5", lambda np, x: np.vander(x, 5), (4,))
row("vander", lambda np, x: np.vander(x, 4) * np.vander(x, 4, increasing=True), (3,))
row("polyadd", lambda np, a, b: np.polyadd(a, b) * np.polysub(b, a), (3,), (4,))
row("polymul", lambda np, a, b: np.polymul(a, b), (3,), (4,))
row("polyder", lambda np, a: np.polyder(a, 2) ** 2, (5,))
