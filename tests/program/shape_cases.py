"""Random calls of NumPy's functions of shapes and axes, and the law that they obey."""

import random
from collections.abc import Callable
from typing import Any

import attrs
import numpy as np

import miniml as ml

SHAPES = [(), (), (1,), (2,), (3,), (0,), (2, 3), (3, 1), (0, 3), (2, 0), (2, 3, 4), (1, 2, 1)]
DTYPES = ["f8", "f8", "f4", "i8", "i4", "u1", "?"]
REFUSED = ValueError, TypeError, IndexError, OverflowError, ZeroDivisionError, ml.TraceError


@attrs.frozen
class Call:
    """A call of a function with arrays, which are traced, and options, which are not."""

    name: str
    function: Callable[..., Any]
    arrays: tuple[Any, ...]
    options: str


class Draw(random.Random):
    """Random arguments."""

    def array(self, shape: tuple[int, ...] | None = None) -> Any:
        """Return an array of small numbers, perhaps with NaN."""
        numbers = np.random.default_rng(self.randrange(1000))
        dtype = self.choice(DTYPES)
        shape = self.choice(SHAPES) if shape is None else shape
        found = np.asarray(numbers.integers(0, 9, shape) - 4 * (dtype not in {"u1", "?"}))
        found = found.astype(dtype)
        if dtype[0] == "f" and found.size and self.random() < 0.3:
            found.ravel()[0] = np.nan
        return found

    def axis(self, x: Any) -> int:
        """Return an axis, perhaps one too far."""
        return self.randrange(
            -x.ndim - (self.random() < 0.1), max(x.ndim, 1) + (self.random() < 0.1)
        )

    def axes(self, x: Any) -> Any:
        """Return an axis, several, or none; perhaps one twice."""
        several = [self.axis(x) for _ in range(self.randrange(x.ndim + 1))]
        return self.choice([None, self.axis(x), self.axis(x), self.axis(x), tuple(several)])

    def order(self, x: Any) -> tuple[int, ...]:
        """Return the axes in some order."""
        return tuple(self.sample(range(x.ndim), x.ndim))

    def of(self, *values: Any) -> Any:
        """Return one of some values."""
        return self.choice(values)


Options = Callable[[Draw, Any], dict[str, Any]]


def _along_axes(draw: Draw, x: Any) -> dict[str, Any]:
    return {"axis": draw.axes(x), "keepdims": draw.of(False, True)}


def _along_axis(draw: Draw, x: Any) -> dict[str, Any]:
    return {"axis": draw.of(None, draw.axis(x), draw.axis(x))}


def _along_one(draw: Draw, x: Any) -> dict[str, Any]:
    return {"axis": draw.axis(x)}


TABLE: list[tuple[str, Options]] = [
    *(
        (name, _along_axes)
        for name in [
            "sum",
            "prod",
            "min",
            "max",
            "any",
            "all",
            "mean",
            "var",
            "std",
            "median",
            "ptp",
        ]
    ),
    *((name, _along_axes) for name in ["nansum", "nanprod", "nanmin", "nanmax", "nanmedian"]),
    *((name, _along_axes) for name in ["count_nonzero"]),
    *((name, _along_axis) for name in ["argmax", "argmin", "cumsum", "cumprod", "sort", "argsort"]),
    *((name, _along_axis) for name in ["nanargmax", "nanargmin", "nancumsum", "nancumprod"]),
    *((name, _along_one) for name in ["diff", "unstack"]),
    ("var", lambda draw, x: {"axis": draw.axes(x), "ddof": draw.of(0, 1, 2)}),
    (
        "nanstd",
        lambda draw, x: {"axis": draw.of(None, -1) if x.ndim else None, "ddof": draw.of(1, 2)},
    ),
    ("max", lambda draw, x: {"axis": draw.axes(x), "initial": draw.of(0, 2, -1)}),
    ("min", lambda draw, x: {"axis": draw.axes(x), "initial": draw.of(0, 2, -1)}),
    ("sum", lambda draw, x: {"axis": draw.axes(x), "initial": draw.of(0, 2, -1)}),
    ("quantile", lambda draw, x: {"q": draw.of(0.3, 1.5, [0.2, 0.7]), **_along_axes(draw, x)}),
    ("percentile", lambda draw, x: {"q": draw.of(30.0, -1.0), **_along_axes(draw, x)}),
    ("squeeze", lambda draw, x: {"axis": draw.axes(x)}),
    ("flip", lambda draw, x: {"axis": draw.axes(x)}),
    (
        "expand_dims",
        lambda draw, x: {"axis": draw.of(0, -1, x.ndim, (0, 1), [0, -1], (0, 0), 5, ())},
    ),
    (
        "reshape",
        lambda draw, x: {
            "shape": draw.of(
                -1,
                (x.size, 1),
                (-1, 2),
                (2, -1),
                (-1, -1),
                (0, -1),
                [x.size],
                (),
                np.int64(x.size),
                (2, 3),
            ),
            "order": draw.of("C", "F"),
        },
    ),
    ("ravel", lambda draw, _: {"order": draw.of("C", "F")}),
    (
        "transpose",
        lambda draw, x: {"axes": draw.of(None, draw.order(x), draw.order(x), (0, 0), (0,))},
    ),
    ("swapaxes", lambda draw, x: {"axis1": draw.axis(x), "axis2": draw.axis(x)}),
    ("rollaxis", lambda draw, x: {"axis": draw.axis(x), "start": draw.axis(x)}),
    (
        "moveaxis",
        lambda draw, x: {
            "source": [draw.axis(x) for _ in range(2)],
            "destination": [draw.axis(x) for _ in range(2)],
        },
    ),
    (
        "roll",
        lambda draw, x: {
            "shift": draw.of(1, -1, (1, 2), [2]),
            "axis": draw.of(None, draw.axis(x), (draw.axis(x),) * 2),
        },
    ),
    ("rot90", lambda draw, x: {"k": draw.of(-1, 0, 1, 2, 3), "axes": (draw.axis(x), draw.axis(x))}),
    ("tile", lambda draw, _: {"reps": draw.of(2, 0, (1, 2), (2, 1, 2), [2, 2], np.array([2, 1]))}),
    ("repeat", lambda draw, x: {"repeats": draw.of(2, 0, [2], [1, 2], []), **_along_axis(draw, x)}),
    ("resize", lambda draw, _: {"new_shape": draw.of(3, (2, 2), (), 0, (5,), -1)}),
    (
        "pad",
        lambda draw, x: {
            "pad_width": draw.of(0, 2, (1, 2), ((1, 0),) * max(x.ndim, 1), {-1: (0, 2)}, (1, 2, 3)),
            "mode": draw.of("constant", "edge", "reflect", "symmetric", "wrap"),
        },
    ),
    (
        "take",
        lambda draw, x: {
            "indices": draw.of(0, -1, [0, -1], [], [[0], [-1]], True, 9),
            "mode": draw.of("raise", "clip", "wrap"),
            **_along_axis(draw, x),
        },
    ),
    (
        "delete",
        lambda draw, x: {"obj": draw.of(0, -1, [0], [], slice(0, 2), 5), **_along_axis(draw, x)},
    ),
    (
        "insert",
        lambda draw, x: {
            "obj": draw.of(0, -1, 1, 7),
            "values": draw.of(1, 2.7, [1, 2], 300, -1),
            **_along_axis(draw, x),
        },
    ),
    (
        "append",
        lambda draw, x: {"values": draw.of(1, 2.7, [1, 2], [[1.0, 2, 3]]), **_along_axis(draw, x)},
    ),
    (
        "array_split",
        lambda draw, x: {
            "indices_or_sections": draw.of(1, 2, 3, 0, -1, [1], [2, 1], []),
            "axis": draw.axis(x),
        },
    ),
    (
        "split",
        lambda draw, x: {
            "indices_or_sections": draw.of(1, 2, 3, 0, -1, [1], [2, 1], []),
            "axis": draw.axis(x),
        },
    ),
    (
        "broadcast_to",
        lambda draw, x: {"shape": draw.of(x.shape, (2, *x.shape), 3, (2, 3), (0,), -1)},
    ),
    ("tril", lambda draw, _: {"k": draw.of(-1, 0, 1)}),
    ("triu", lambda draw, _: {"k": draw.of(-1, 0, 1)}),
    ("diag", lambda draw, _: {"k": draw.of(-1, 0, 1)}),
    ("diagflat", lambda draw, _: {"k": draw.of(-1, 0, 1)}),
    (
        "diagonal",
        lambda draw, x: {"offset": draw.of(-1, 0, 1), "axis1": draw.axis(x), "axis2": draw.axis(x)},
    ),
    (
        "trace",
        lambda draw, x: {"offset": draw.of(-1, 0, 1), "axis1": draw.axis(x), "axis2": draw.axis(x)},
    ),
    *(
        (name, lambda *_: {})
        for name in ["atleast_1d", "atleast_2d", "atleast_3d", "flipud", "fliplr"]
    ),
    *(
        (name, lambda *_: {})
        for name in ["ediff1d", "concatenate", "stack", "vstack", "hstack", "dstack"]
    ),
    *((name, lambda *_: {}) for name in ["column_stack", "vander", "squeeze", "copy"]),
    *(
        (name, lambda draw, _: {"indices_or_sections": draw.of(1, 2, [1])})
        for name in ["hsplit", "vsplit", "dsplit"]
    ),
]
"""Functions of one array, and their options."""

JOINS = ["concatenate", "stack", "vstack", "hstack", "dstack", "column_stack", "block"]
REDUCERS = [np.add, np.multiply, np.maximum, np.minimum, np.logical_or, np.logaddexp, np.hypot]


def call(seed: int) -> Call:
    """Return a random call, the same for the same seed."""
    draw = Draw(seed)
    kind = draw.random()
    if kind < 0.1:
        name, shape = draw.choice(JOINS), draw.choice(SHAPES)
        arrays = tuple(
            draw.array(draw.of(shape, shape, shape, None)) for _ in range(draw.of(1, 2, 3))
        )
        known = [draw.of(None, None, None, 1, 2.5, True) for _ in arrays]
        options = {"axis": draw.axis(arrays[0])} if name in {"concatenate", "stack"} else {}
        join = getattr(np, name)

        def joined(*arrays: Any) -> Any:
            return join(
                [x if n is None else n for x, n in zip(arrays, known, strict=True)], **options
            )

        return Call(name, joined, arrays, f"{known}, {options}")
    x = draw.array()
    if kind < 0.2:
        ufunc: Any = draw.choice(REDUCERS)
        options = draw.of({}, _along_axes(draw, x), _along_axes(draw, x))
        return Call(
            f"{ufunc.__name__}.reduce", lambda x: ufunc.reduce(x, **options), (x,), str(options)
        )
    name, make = draw.choice(TABLE)
    function, options = getattr(np, name), make(draw, x)
    return Call(name, lambda x: function(x, **options), (x,), str(options))


def check_call(seed: int) -> None:
    """The program returns NumPy's result, in value, shape and dtype; where NumPy raises, so does it."""
    one = call(seed)
    about = f"seed {seed}: np.{one.name}, {one.options}, {[(a.shape, a.dtype) for a in one.arrays]}"
    with np.errstate(all="ignore"):
        wanted = _result(one.function, *one.arrays)
        found = _result(ml.jit(one.function), *one.arrays)
    if isinstance(found, ml.TraceError):
        return
    if isinstance(wanted, Exception) or isinstance(found, Exception):
        assert isinstance(wanted, Exception), f"{about}: NumPy gives {wanted}, not {found!r}"
        assert isinstance(found, Exception), f"{about}: NumPy raises {wanted!r}, not {found}"
        return
    pairs = zip(_parts(wanted), _parts(found), strict=True)
    for e, f in pairs:
        assert (f.shape, f.dtype) == (e.shape, e.dtype), about
        tolerance = max(1e-12, 8 * np.finfo(e.dtype).eps) if e.dtype.kind == "f" else 0.0
        np.testing.assert_allclose(f, e, rtol=tolerance, atol=tolerance, err_msg=about)


def _result(function: Callable[..., Any], *args: Any) -> Any:
    try:
        return function(*args)
    except REFUSED as error:
        return error


def _parts(result: Any) -> list[Any]:
    return [*map(np.asarray, result if isinstance(result, tuple | list) else [result])]
