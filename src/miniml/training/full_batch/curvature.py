"""The curvature of a loss, as L-BFGS estimates it."""

import math

import numpy as np

from miniml.types import Array


class Curvature:
    """An estimate of the inverse Hessian of a loss from the last steps.

    Let the rows of S be the steps and those of Y the changes of the gradient along them, each pair
    divided by the root of s y, which does not change the estimate; R the upper triangle of S Y',
    with the pairs in their order; and c one over the newest y y. The estimate of L-BFGS is

        H = c (I + S' N' (I / c + Y Y') N S + S' N' Y + Y' N S),  N = -1 / R

    (Byrd, Nocedal and Schnabel 1994, theorem 2.2). A direction takes the same few calls of NumPy
    for any number of pairs; the usual two-loop recursion needs several per pair.

    The pairs lie in a ring. N is updated without solving a system: a new pair adds a column, and
    dropping the oldest pair removes its row and column.

    Attributes:
        count: The number of pairs so far.
        scale: c; before the first pair, the factor from a gradient to a step.
        stalled: The number of steps in a row on which the loss did not fall, nor the point was flatter.
        steepness: The squared norm of the gradient at the last point before these.
    """

    def __init__(self, memory: int, size: int, dtype: np.dtype[np.floating]) -> None:
        self.count: int = 0
        self.stalled: int = 0
        self.steepness: float = math.inf
        self.scale: float = 1.0
        self._memory = memory
        self._tiny = float(np.finfo(dtype).tiny)
        self._pairs = np.zeros((2 * memory, size), dtype)  # S, and below it Y
        self._along = np.zeros(2 * memory, dtype)  # products of these with a vector
        self._along_steps, self._along_changes = self._along[:memory], self._along[memory:]
        self._negative_inverse = np.zeros((memory, memory), dtype)  # N
        self._products = np.zeros((memory, memory), dtype)  # Y Y'
        self._weights = np.zeros(2 * memory, dtype)  # of the pairs in a direction
        self._step_weights, self._change_weights = self._weights[:memory], self._weights[memory:]

    @property
    def pairs(self) -> tuple[Array, Array]:
        """Copies of S and Y, each `(memory, n)`, in the order of the ring."""
        return self._pairs[: self._memory].copy(), self._pairs[self._memory :].copy()

    def recall(self, steps: Array, changes: Array, count: int) -> None:
        """Restore the pairs of an earlier estimate, to the same bits."""
        self._pairs[:] = np.concatenate((steps, changes))
        self.count = max(count - self._memory, 0)
        while self.count < count:
            self._learn()

    def add(self, step: Array, change: Array) -> None:
        """Replace the oldest pair by a step and the change of the gradient along it.

        If the slope does not increase along the step, it says nothing about a minimum, and zeros
        are stored.
        """
        slot = self.count % self._memory
        growth = float(step.dot(change))
        factor = 1.0 / math.sqrt(growth) if growth > 0.0 else 0.0
        np.multiply(step, factor, self._pairs[slot])
        np.multiply(change, factor, self._pairs[self._memory + slot])
        self._learn()

    def _learn(self) -> None:
        """Update the estimate by the pair in the next place of the ring."""
        memory, pairs, negative_inverse = self._memory, self._pairs, self._negative_inverse
        slot = self.count % memory
        if self.count >= memory:  # the oldest pair was there
            negative_inverse[slot] = 0.0
            negative_inverse[:, slot] = 0.0
        self.count += 1
        pairs.dot(pairs[memory + slot], self._along)
        inverse = float(self._along_changes[slot])
        if not self._tiny < inverse < math.inf:
            pairs[slot] = pairs[memory + slot] = 0.0
            return
        column = negative_inverse.dot(self._along_steps)
        np.negative(column, column)
        column[slot] = -1.0
        negative_inverse[:, slot] = column
        self._products[slot] = self._products[:, slot] = self._along_changes
        self.scale = 1.0 / inverse

    def direction(self, gradient: Array) -> Array:
        """Return -H times the gradient: the next step."""
        pairs, negative_inverse = self._pairs, self._negative_inverse
        pairs.dot(gradient, self._along)
        of_changes = negative_inverse.dot(self._along_steps, self._change_weights)
        inner = self._products.dot(of_changes)
        inner += of_changes * (1.0 / self.scale)
        inner += self._along_changes
        inner.dot(negative_inverse, self._step_weights)
        found: Array = self._weights.dot(pairs)
        found += gradient
        found *= -self.scale
        return found

    def forget(self) -> None:
        """Forget all pairs."""
        self._pairs[:] = 0.0
        self._negative_inverse[:] = 0.0
