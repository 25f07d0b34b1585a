"""Factors, pseudo-inverses and ranks of matrices, with any axes in front.

The formulas are those of M. Giles, "An extended collection of matrix derivative results for
forward and reverse mode algorithmic differentiation" (2008), and of the references there.
"""

# Rules are lambdas of many arities, whose parameters pyright cannot infer.
# pyright: reportUnknownLambdaType=false, reportUnknownMemberType=false
# pyright: reportUnknownArgumentType=false, reportUnknownVariableType=false

from typing import Any

import numpy as np

from miniml.program.ir.errors import TraceError
from miniml.program.ir.graph import AnyArray, DType, Node, Shape
from miniml.program.rules.define import Primitive, of_matrices
from miniml.program.rules.gaps import (
    inverse_gaps_p,
    inverse_values_p,
    turning_together,
    unused_columns,
)
from miniml.program.rules.inverting import inv_p, solve_p, square, transposed
from miniml.program.rules.moving import BROADCAST
from miniml.program.rules.values import astype, floats, promote
from miniml.program.trace.registry import ZERO, implements, named

SYMMETRIC = "exact, for a symmetric matrix"


def _eye(n: int, like: Any) -> AnyArray:
    return np.eye(n, dtype=like.dtype)


def _lower_half(x: Any) -> Any:
    """Return the lower triangle with half of the diagonal."""
    return np.tril(x) - 0.5 * x * _eye(x.shape[-1], x)


def _diagonal(x: Any) -> Any:
    return x[..., None, :] * _eye(x.shape[-1], x)


def _symmetric(x: Any) -> Any:
    return 0.5 * (x + transposed(x))


def _cholesky_vjp(i: int, g: Any, y: Any, x: Any) -> Any:
    inverse = inv_p(y)
    return _symmetric(transposed(inverse) @ _lower_half(transposed(y) @ np.tril(g)) @ inverse)


cholesky_p: Primitive = of_matrices(
    "cholesky", np.linalg.cholesky, square, vjp=_cholesky_vjp, nanoseconds=15.0
)


@implements(np.linalg.cholesky, derivative=SYMMETRIC)
def cholesky(a: Any, /, *, upper: bool = False) -> Any:
    x = floats(a)
    return transposed(cholesky_p(transposed(x))) if upper else cholesky_p(x)


def _is_uniform(node: Node) -> bool:
    """Return whether the values along the last axis are the same."""
    return node.op is BROADCAST and node.inputs[0].shape[-1:] in {(), (1,)}


def _eigh_vjp(g: Any, y: Any, x: Any, lower: bool) -> list[Any]:
    (values, vectors), (by_values, by_vectors) = y, g
    if by_vectors is None and _is_uniform(by_values.node):
        return [_diagonal(by_values)]  # the trace does not vary with the vectors
    turned = transposed(vectors)
    middle = None if by_values is None else _diagonal(by_values)
    if by_vectors is not None:
        groups = turning_together(by_vectors, vectors=[vectors])
        gaps = inverse_gaps_p(values, sign=-1, groups=groups)
        rotation = gaps * (turned @ by_vectors)
        middle = rotation if middle is None else rotation + middle
    return [_symmetric(vectors @ middle @ turned)]


eigh_p: Primitive = of_matrices(
    "eigh",
    lambda x, lower: tuple(np.linalg.eigh(x, "L" if lower else "U")),
    lambda x, lower: ((square(x)[0][:-1], x.dtype), square(x)),
    several=True,
    vjp=_eigh_vjp,
    nanoseconds=80.0,
)


@implements(np.linalg.eigh, derivative=f"{SYMMETRIC}; vectors: NaN if their values are equal")
def eigh(a: Any, UPLO: str = "L") -> Any:  # noqa: N803  # NumPy's name
    return _EIGH(*eigh_p(floats(a), lower=UPLO.upper() == "L"))


_EIGH = type(np.linalg.eigh(np.eye(1)))


@implements(np.linalg.eigvalsh, derivative=SYMMETRIC)
def eigvalsh(a: Any, UPLO: str = "L") -> Any:  # noqa: N803  # NumPy's name
    return eigh_p(floats(a), lower=UPLO.upper() == "L")[0]


def _svd(x: AnyArray) -> tuple[AnyArray, AnyArray, AnyArray]:
    u, s, vt = np.linalg.svd(x, full_matrices=False)
    return s, u, np.swapaxes(vt, -1, -2)


def _infer_svd(x: Node) -> list[tuple[Shape, DType]]:
    *stack, rows, columns = x.shape
    k = min(rows, columns)
    return [((*stack, *last), x.dtype) for last in ((k,), (rows, k), (columns, k))]


def _svd_vjp(g: Any, y: Any, x: Any) -> list[Any]:
    rows, columns = x.shape[-2:]
    (s, u, v), (gs, gu, gv) = y, g
    k = min(rows, columns)
    if gu is None and gv is None:
        assert gs is not None  # or this has no gradient
        return [(u * gs[..., None, :]) @ transposed(v)]
    middle = 0.0 if gs is None else _diagonal(gs)
    gu = np.zeros_like(u) if gu is None else gu
    gv = np.zeros_like(v) if gv is None else gv
    groups = turning_together(gu, gv, vectors=[u, v])
    left, right = _skew(transposed(u) @ gu), _skew(transposed(v) @ gv)
    # Not by differences of squares, which lose digits, overflow and underflow.
    apart = inverse_gaps_p(s, sign=-1, groups=groups) * (left + right)
    together = inverse_gaps_p(s, sign=1, groups=turning_together(gu, gv)) * (left - right)
    found = u @ (0.5 * (apart + together) + middle) @ transposed(v)
    if rows > k:
        outside = _by_values(gu, s)
        found = found + (outside - u @ (transposed(u) @ outside)) @ transposed(v)
    if columns > k:
        outside = _by_values(gv, s)
        found = found + u @ transposed(outside - v @ (transposed(v) @ outside))
    return [found]


def _skew(x: Any) -> Any:
    return x - transposed(x)


def _by_values(g: Any, s: Any) -> Any:
    return g * inverse_values_p(s, unused=unused_columns(g))[..., None, :]


svd_p: Primitive = of_matrices(
    "svd", _svd, _infer_svd, several=True, vjp=_svd_vjp, nanoseconds=80.0
)


@implements(np.linalg.svd, derivative="exact; vectors: NaN if their values are equal")
def svd(
    a: Any, full_matrices: bool = True, compute_uv: bool = True, hermitian: bool = False
) -> Any:
    x = floats(a)
    s, u, v = svd_p(x)
    if not compute_uv:
        return s
    if full_matrices and x.shape[-1] != x.shape[-2]:
        raise TraceError(
            "np.linalg.svd with full_matrices=True cannot be traced: the surplus vectors have no "
            "derivative; use full_matrices=False"
        )
    return _SVD(u, s, transposed(v))


_SVD = type(np.linalg.svd(np.eye(1)))


@implements(*named("linalg.svdvals"))
def svdvals(x: Any, /) -> Any:
    return svd(x, compute_uv=False)


def _qr_vjp(g: Any, y: Any, x: Any) -> list[Any]:
    q, r = y
    gq, gr = (np.zeros_like(b) if a is None else a for a, b in zip(g, y, strict=True))
    factor = inverse_scale_p(r, independent=True)  # it cancels, and keeps products in range
    r, gq = r * factor, gq * factor
    m = r @ transposed(gr) - transposed(gq) @ q
    lower = np.tril(m, -1)
    inner = gq + q @ (np.tril(m) + transposed(lower))
    return [transposed(solve_p(r, transposed(inner)))]


def _inverse_scale(x: AnyArray, independent: bool) -> AnyArray:
    """Compute 1 / max(abs(x)); NaN if columns of a triangular matrix are dependent but for rounding."""
    if not x.size:
        return np.ones((*x.shape[:-2], 1, 1), x.dtype)
    scale = np.abs(x).max((-2, -1), keepdims=True)
    if independent:
        sizes = np.abs(x.diagonal(0, -2, -1)).min(-1)[..., None, None]
        scale[sizes <= 16.0 * float(np.finfo(x.dtype).eps) * scale] = np.nan
    else:
        scale[scale == 0] = 1.0
    return np.asarray(1.0 / scale)


def _jax_inverse_scale(jnp: Any, x: Any, independent: bool) -> Any:
    scale = jnp.max(jnp.abs(x), (-2, -1), keepdims=True, initial=0.0)
    if not independent or not x.size:
        return 1.0 / jnp.where(scale == 0, 1.0, scale)
    sizes = jnp.min(jnp.abs(jnp.diagonal(x, 0, -2, -1)), -1)[..., None, None]
    return 1.0 / jnp.where(sizes <= 16.0 * float(np.finfo(x.dtype).eps) * scale, jnp.nan, scale)


inverse_scale_p: Primitive = of_matrices(
    "inverse_scale",
    _inverse_scale,
    lambda x, independent: ((*x.shape[:-2], 1, 1), x.dtype),
    vjp=lambda i, g, y, x, independent: None,
    nanoseconds=1.0,
    jax=_jax_inverse_scale,
)


qr_p: Primitive = of_matrices(
    "qr",
    lambda x: tuple(np.linalg.qr(x)),
    lambda x: ((x.shape, x.dtype), ((*x.shape[:-2], x.shape[-1], x.shape[-1]), x.dtype)),
    several=True,
    vjp=_qr_vjp,
    nanoseconds=80.0,
)


@implements(np.linalg.qr, derivative="exact; NaN if columns are dependent")
def qr(a: Any, mode: str = "reduced") -> Any:
    x = floats(a)
    rows, columns = x.shape[-2:]
    if mode not in {"reduced", "r"} or rows < columns:
        raise TraceError(
            f"np.linalg.qr with mode={mode!r} of {rows} x {columns} matrices cannot be traced: "
            "use mode='reduced' and at least as many rows as columns"
        )
    y = qr_p(x)
    return y[1] if mode == "r" else _QR(*y)


_QR = type(np.linalg.qr(np.eye(1)))


def _pinv_vjp(i: int, g: Any, y: Any, x: Any, **_: Any) -> Any:
    """Return the gradient by Golub and Pereyra (1973); y is the pseudo-inverse."""
    factor = inverse_scale_p(y, independent=False)  # it cancels, and keeps the squares in range
    outside = transposed(g) - x @ (y @ transposed(g))
    beside = transposed(g) - transposed(g) @ y @ x
    y = y * factor
    turned = transposed(y)
    found = outside @ (y @ turned) + (turned @ y) @ beside - turned @ g @ turned
    return found / factor / factor


pinv_p: Primitive = of_matrices(
    "pinv",
    np.linalg.pinv,
    lambda x, **_: ((*x.shape[:-2], x.shape[-1], x.shape[-2]), x.dtype),
    vjp=_pinv_vjp,
    nanoseconds=80.0,
)


@implements(np.linalg.pinv, derivative="exact, if the rank does not change")
def pinv(a: Any, rcond: Any = None, hermitian: bool = False, *, rtol: Any = None) -> Any:
    return pinv_p(floats(a), rcond=rcond if rtol is None else rtol, hermitian=hermitian)


def _rank(x: AnyArray, options: tuple[tuple[str, Any], ...]) -> AnyArray:
    return np.asarray(np.linalg.matrix_rank(x, **dict(options)))


rank_p: Primitive = of_matrices(
    "matrix_rank",
    _rank,
    lambda x, options: (x.shape[:-2], np.dtype(np.intp)),
    result=0,
    nanoseconds=80.0,
)


@implements(np.linalg.matrix_rank, derivative=ZERO)
def matrix_rank(A: Any, **options: Any) -> Any:  # noqa: N803  # NumPy's name
    return rank_p(floats(A), options=tuple(options.items()))


@implements(
    np.linalg.lstsq, derivative="exact, if the rank does not change; residuals as of full rank"
)
def lstsq(a: Any, b: Any, rcond: float | None = None) -> Any:
    x, y = promote(floats(a, b), b)
    rows, columns = x.shape
    eps = float(np.finfo(x.dtype).eps)
    smallest = max(rows, columns) * eps if rcond is None else rcond if rcond >= 0.0 else eps
    solution = pinv(x, rtol=smallest) @ y
    # NumPy omits the residuals below full rank, which depends on the values.
    left = np.sum(np.square(y - x @ solution), 0)
    residuals = np.atleast_1d(left) if rows > columns else np.zeros(0, x.dtype)
    rank = astype(matrix_rank(x, rtol=smallest), np.int32)
    return solution, residuals, rank, svdvals(x)
