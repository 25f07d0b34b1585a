"""Products of matrices and linear algebra."""

from typing import Any

from numpy import arange, array, eye, inf

from tests.program.table import row

BATCH = (2, 3, 3)

row("matmul, 1-1", lambda np, a, b: np.matmul(a, b), (3,), (3,))
row("matmul, 1-2", lambda np, a, b: np.matmul(a, b), (3,), (3, 4))
row("matmul, 2-1", lambda np, a, b: np.matmul(a, b), (2, 3), (3,))
row("matmul, 2-2", lambda np, a, b: a @ b, (2, 3), (3, 4))
row("matmul, 3-1", lambda np, a, b: np.matmul(a, b), (2, 3, 4), (4,))
row("matmul, 1-3", lambda np, a, b: np.matmul(a, b), (3,), (2, 3, 4))
row("matmul, 3-3", lambda np, a, b: np.matmul(a, b), (2, 3, 4), (2, 4, 5))
row("matmul, broadcast", lambda np, a, b: np.matmul(a, b), (2, 1, 3, 4), (5, 4, 2))
row("matmul, 3-2", lambda np, a, b: np.matmul(a, b), (2, 3, 4), (4, 5))
row("matmul, 2-3", lambda np, a, b: np.matmul(a, b), (2, 3), (4, 3, 2))
row("linalg.matmul", lambda np, a, b: np.linalg.matmul(a, b), (2, 3), (3, 2))
row("dot", lambda np, a, b: np.dot(a, b), (2, 3), (3,))
row("dot, 0-2", lambda np, a, b: np.dot(a, b), (), (2, 3))
row("dot, 1-1", lambda np, a, b: a.dot(b), (3,), (3,))
row("dot, 3-2", lambda np, a, b: a.dot(b), (2, 3, 4), (4, 2))
row("dot, 2-3", lambda np, a, b: np.dot(a, b), (2, 3), (4, 3, 2))
row("inner", lambda np, a, b: np.inner(a, b), (2, 3), (4, 3))
row("inner, 0-1", lambda np, a, b: np.inner(a, b), (), (3,))
row("outer", lambda np, a, b: np.outer(a, b), (2, 2), (3,))
row("linalg.outer", lambda np, a, b: np.linalg.outer(a, b), (2,), (3,))
row("vdot", lambda np, a, b: np.vdot(a, b), (2, 3), (2, 3))
row("vecdot", lambda np, a, b: np.vecdot(a, b), (2, 3), (3,))
row("vecdot, axis", lambda np, a, b: np.vecdot(a, b, axis=0), (2, 3), (2, 3))
row("linalg.vecdot", lambda np, a, b: np.linalg.vecdot(a, b), (2, 3), (3,))
row("matvec", lambda np, a, b: np.matvec(a, b), (2, 3, 4), (2, 4), needs="matvec")
row("vecmat", lambda np, a, b: np.vecmat(a, b), (2, 3), (2, 3, 4), needs="vecmat")
row("tensordot", lambda np, a, b: np.tensordot(a, b), (2, 3, 4), (3, 4, 2))
row("tensordot, 0", lambda np, a, b: np.tensordot(a, b, 0), (2,), (3, 2))
row("tensordot, axes", lambda np, a, b: np.tensordot(a, b, ([0, 2], [1, 0])), (2, 3, 4), (4, 2))
row("tensordot, axis", lambda np, a, b: np.tensordot(a, b, (1, -1)), (2, 3), (4, 3))
row(
    "tensorsolve",
    lambda np, a, b: np.linalg.tensorsolve(a + 4.0 * eye(6).reshape(2, 3, 3, 2), b),
    (2, 3, 3, 2),
    (2, 3),
)
row(
    "tensorinv",
    lambda np, x: np.linalg.tensorinv(x + 4.0 * eye(6).reshape(2, 3, 3, 2)),
    (2, 3, 3, 2),
)
row("kron", lambda np, a, b: np.kron(a, b), (2, 3), (3, 2))
row("kron, 1-2", lambda np, a, b: np.kron(a, b), (3,), (2, 2))
row("cross", lambda np, a, b: np.cross(a, b), (2, 3), (3,))
row("cross, axis", lambda np, a, b: np.cross(a, b, axis=0), (3, 2), (3, 2))
row("linalg.cross", lambda np, a, b: np.linalg.cross(a, b), (2, 3), (2, 3))
row("multi_dot", lambda np, a, b, c: np.linalg.multi_dot([a, b, c]), (2, 3), (3, 4), (4, 2))
row("multi_dot, ends", lambda np, a, b, c: np.linalg.multi_dot([a, b, c]), (3,), (3, 4), (4,))
for _power in (-2, 0, 1, 3, 4):
    row(
        f"matrix_power, {_power}",
        lambda np, x, n=_power: np.linalg.matrix_power(x + 3.0 * eye(3), n),
        BATCH,
        single=1e-4,
    )

SEVERAL = ("ij,jk", "ba,cb", "iij->j", "bij,bj->bi", "...ij,...jk", "ij,jk,kl->il", "i,ij,j->")
for _subscripts, _shapes in {
    "ij,jk->ik": ((2, 3), (3, 4)),
    "ij,jk": ((2, 3), (3, 4)),
    "ba,cb": ((2, 3), (4, 2)),
    "i,i->": ((3,), (3,)),
    "i,j->ij": ((2,), (3,)),
    "ii": ((3, 3),),
    "ii->i": ((3, 3),),
    "iij->j": ((3, 3, 2),),
    "ij->ji": ((2, 3),),
    "ij->j": ((2, 3),),
    "ijk->": ((2, 3, 4),),
    "bij,bjk->bik": ((2, 3, 4), (2, 4, 2)),
    "bi,bi->b": ((2, 3), (2, 3)),
    "bi,bij->bj": ((2, 3), (2, 3, 4)),
    "bij,bj->bi": ((2, 3, 4), (2, 4)),
    "ij,ij->ij": ((2, 3), (2, 3)),
    "ij,kl->": ((2, 3), (3, 2)),
    "ijk,k->ji": ((2, 3, 4), (4,)),
    "...i,...i->...": ((2, 3), (3,)),
    "...ij,...jk": ((2, 3, 4), (4, 2)),
    "i...,i...": ((3, 2), (3, 2)),
    "ij,jk,kl->il": ((2, 3), (3, 4), (4, 2)),
    "bhqd,bhkd->bhqk": ((2, 1, 3, 2), (2, 1, 4, 2)),
    "ij,ij->i": ((1, 3), (2, 3)),
    "i,ij,j->": ((2,), (2, 3), (3,)),
    "ab,bc,ca,ad->d": ((2, 3), (3, 2), (2, 2), (2, 3)),
}.items():
    row(
        f"einsum {_subscripts}",
        lambda np, *xs, s=_subscripts: np.einsum(s, *xs) ** 2,
        *_shapes,
        jax=_subscripts in SEVERAL,
    )
row(
    "einsum by lists",
    lambda np, a, b: np.einsum(a, [0, 1], b, [1, 2], [0, 2]) ** 2,
    (2, 3),
    (3, 4),
)


def definite(np: Any, x: Any) -> Any:
    """A symmetric positive definite matrix."""
    return x @ np.swapaxes(x, -1, -2) + 0.5 * eye(x.shape[-1])


def well(x: Any) -> Any:
    """A matrix far from any singular one."""
    return x + 4.0 * eye(x.shape[-1])


for _title, _shape in {"": (3, 3), ", batch": BATCH}.items():
    row(
        f"inv{_title}",
        lambda np, x: np.linalg.inv(well(x)),
        _shape,
        jax=_shape != BATCH,
        single=1e-4,
    )
    row(
        f"det{_title}",
        lambda np, x: np.linalg.det(well(x)),
        _shape,
        jax=_shape != BATCH,
        single=1e-4,
    )
    row(
        f"slogdet{_title}",
        lambda np, x: np.linalg.slogdet(well(x)),
        _shape,
        jax=_shape != BATCH,
        single=1e-4,
    )
    row(
        f"cholesky{_title}",
        lambda np, x: np.linalg.cholesky(definite(np, x)),
        _shape,
        jax=_shape != BATCH,
        single=1e-3,
    )
    row(
        f"eigvalsh{_title}",
        lambda np, x: np.linalg.eigvalsh(definite(np, x)),
        _shape,
        jax=_shape != BATCH,
        single=1e-3,
    )
    row(
        f"eigh{_title}",
        lambda np, x: [y**2 for y in np.linalg.eigh(definite(np, x))],
        _shape,
        single=2e-3,
    )
row(
    "det by slogdet",
    lambda np, x: np.linalg.slogdet(definite(np, x)).logabsdet,
    (3, 3),
    single=1e-3,
)
row(
    "cholesky, upper",
    lambda np, x: np.linalg.cholesky(definite(np, x), upper=True),
    (3, 3),
    single=1e-3,
)
row(
    "eigh, upper",
    lambda np, x: np.linalg.eigh(definite(np, x), "U").eigenvectors ** 2,
    (3, 3),
    single=2e-3,
)
row("solve", lambda np, a, b: np.linalg.solve(well(a), b), (3, 3), (3, 2), single=1e-4)
row("solve, vector", lambda np, a, b: np.linalg.solve(well(a), b), (3, 3), (3,), single=1e-4)
row("solve, batch", lambda np, a, b: np.linalg.solve(well(a), b), BATCH, (3, 2), single=1e-4)
row("solve, constant", lambda np, b: np.linalg.solve(well(eye(3)), b), (3,), single=1e-4)

for _title, _shape in {
    "square": (3, 3),
    "tall": (4, 2),
    "wide": (2, 4),
    "batch": (2, 3, 2),
}.items():
    row(
        f"svdvals, {_title}",
        lambda np, x: np.linalg.svdvals(x) ** 2,
        _shape,
        jax=_shape != BATCH,
        single=1e-3,
    )
    row(
        f"svd, {_title}",
        lambda np, x: [y**2 for y in np.linalg.svd(x, full_matrices=False)],
        _shape,
        single=2e-3,
    )
    row(f"pinv, {_title}", lambda np, x: np.linalg.pinv(x), _shape, single=5e-3)
row("svd, values", lambda np, x: np.linalg.svd(x, compute_uv=False) ** 2, single=1e-3)
row("svd, parts", lambda np, x: np.linalg.svd(x, full_matrices=False).U ** 2, (3, 3), single=2e-3)
for _title, _shape in {"square": (3, 3), "tall": (4, 2), "batch": (2, 3, 2)}.items():
    row(
        f"qr, {_title}",
        lambda np, x: [y**2 for y in np.linalg.qr(x)],
        _shape,
        single=2e-3,
    )
row("qr, r", lambda np, x: np.linalg.qr(x, mode="r") ** 2, (4, 2), single=1e-3)
for _shape, _right in (((4, 3), (4,)), ((3, 3), (3, 2)), ((2, 4), (2, 3))):
    row(
        f"lstsq, {_shape[0]} x {_shape[1]}",
        lambda np, a, b: np.linalg.lstsq(a, b)[::3],
        _shape,
        _right,
        single=5e-3,
    )
row("lstsq, residuals", lambda np, a, b: np.linalg.lstsq(a, b)[1], (5, 2), (5, 3), single=5e-3)
row("matrix_rank", lambda np, x: np.linalg.matrix_rank(x, tol=1e-3), BATCH)

for _order in (None, 0, 1, 2, 3, 2.5, inf, -inf):
    row(f"norm, {_order}", lambda np, x, p=_order: np.linalg.norm(x, p), (5,), jax=False)
    row(
        f"norm, {_order}, axis",
        lambda np, x, p=_order: np.linalg.norm(x, p, axis=1, keepdims=True),
    )
for _name in ("fro", "nuc", 1, -1, 2, -2, inf, -inf):
    row(f"norm of a matrix, {_name}", lambda np, x, p=_name: np.linalg.norm(x, p), single=1e-3)
row("norm of matrices", lambda np, x: np.linalg.norm(x, 1, axis=(0, 2), keepdims=True), (2, 3, 4))
row("norm of an array", lambda np, x: np.linalg.norm(x), (2, 3, 4))
row("vector_norm", lambda np, x: np.linalg.vector_norm(x, axis=(0, 2), ord=3), (2, 3, 4))
row("matrix_norm", lambda np, x: np.linalg.matrix_norm(x), (2, 3, 4))
row("cond", lambda np, x: np.linalg.cond(well(x)), (3, 3), single=1e-3)
row("cond, 1", lambda np, x: np.linalg.cond(well(x), 1), (3, 3), single=1e-3)
row("mahalanobis", lambda np, x: np.sqrt(x @ array([1.0, 2.0, 3.0]) ** 2 + arange(2)), (2, 3))
