"""Reshaping and joining."""

from tests.program.table import row

row("reshape", lambda np, x: np.reshape(x, (2, -1)) ** 2)
row("x.reshape()", lambda np, x: x.reshape(4, 3) ** 2)
row("ravel", lambda np, x: x.ravel() ** 2)
row("T", lambda np, x: x.T**2)
row("transpose", lambda np, x: np.transpose(x, (1, 2, 0)) ** 2, (2, 3, 4))
row("swapaxes", lambda np, x: np.swapaxes(x, 0, 1) ** 2)
row("expand_dims", lambda np, x: np.expand_dims(x, (0, 2)) ** 2)
row("squeeze", lambda np, x: np.squeeze(x, 1) ** 2, (3, 1, 2))
row("broadcast_to", lambda np, x: np.broadcast_to(x, (2, 3)) ** 2, (3,))
row("concatenate", lambda np, a, b: np.concatenate([a, b], axis=1) ** 2, (2, 3), (2, 2))
row("stack", lambda np, a, b: np.stack([a, b, a], axis=1) ** 2, (2, 3), (2, 3))
