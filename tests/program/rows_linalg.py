"""Products of matrices and linear algebra."""

from tests.program.table import row

row("matmul, 1-1", lambda np, a, b: np.matmul(a, b), (3,), (3,))
row("matmul, 1-2", lambda np, a, b: np.matmul(a, b), (3,), (3, 4))
row("matmul, 2-1", lambda np, a, b: np.matmul(a, b), (2, 3), (3,))
row("matmul, 2-2", lambda np, a, b: a @ b, (2, 3), (3, 4))
row("matmul, 3-1", lambda np, a, b: np.matmul(a, b), (2, 3, 4), (4,))
row("matmul, 1-3", lambda np, a, b: np.matmul(a, b), (3,), (2, 3, 4))
row("matmul, 3-3", lambda np, a, b: np.matmul(a, b), (2, 3, 4), (2, 4, 5))
row("matmul, broadcast", lambda np, a, b: np.matmul(a, b), (2, 1, 3, 4), (5, 4, 2))
row("matmul, 3-2", lambda np, a, b: np.matmul(a, b), (2, 3, 4), (4, 5))
row("dot", lambda np, a, b: np.dot(a, b), (2, 3), (3,))
