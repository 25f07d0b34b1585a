"""Random losses over points through operations that move, take and set elements."""

import random
from collections.abc import Callable
from typing import Any

import attrs
import numpy as np

import miniml as ml

POINTS = 24
SHAPES = [(POINTS,), (POINTS, 3), (POINTS, 4, 2), (POINTS, POINTS), (POINTS, 1), (POINTS, 2, 3)]
LARGEST = 4000

Step = Callable[[Any], Any]


@attrs.frozen
class Loss:
    """A loss of weights and points: steps on the points, the weights before and between them."""

    steps: tuple[Step, ...]
    between: int
    mean: bool

    def __call__(self, w: Any, x: Any) -> Any:
        z = x * w[0] + w[1]
        for number, step in enumerate(self.steps):
            z = step(z)
            if number == self.between:
                z = np.tanh(z * w[2])
        return np.mean(np.sin(z)) if self.mean else np.sum(np.sin(z) ** 2)


class Draw(random.Random):
    """Random steps."""

    def places(self, extent: int) -> Any:
        """Return an index of one axis: many count its elements, along one axis or several."""
        counting = np.arange(extent)
        halves = [(2, extent // 2)] if extent % 2 == 0 else [(extent, 1)]
        split = self.choice([(extent, 1), (1, extent), *halves])
        few = [self.randrange(-extent, extent) for _ in range(self.choice([extent, POINTS, 2, 1]))]
        return self.choice(
            [
                slice(None),
                slice(None),
                counting,
                counting,
                counting.reshape(split),
                counting[::-1].copy(),
                np.array(few),
                self.randrange(-extent, extent),
                slice(self.choice([None, 1]), self.choice([None, -1]), self.choice([1, 2, -1])),
                np.array([self.random() < 0.7 for _ in range(extent)]),
            ]
        )

    def index(self, shape: tuple[int, ...]) -> Any:
        """Return an index of an array."""
        found: list[Any] = []
        for extent in shape:
            found += self.choice([[], [], [], [], [], [None], [True]])
            if self.random() < 0.1:
                found.append(...)
                break
            found.append(self.places(extent))
        return tuple(found)

    def step(self, shape: tuple[int, ...]) -> Step:
        """Return a step on an array of that shape; NumPy may refuse it."""
        axis = self.randrange(len(shape))
        extent, before = shape[axis], (slice(None),) * axis
        kind = self.random()
        if kind < 0.4:
            index = self.index(shape)
            return lambda z: z[index]
        if kind < 0.65:
            places = (*before, self.choice([self.places(extent), np.arange(extent)]))
            return self.assignment(self.choice([places, places, slice(None)]))
        order = tuple(self.sample(range(len(shape)), len(shape)))
        counting = np.arange(extent)
        merged = (*shape[:axis], -1, *shape[axis + 2 :])
        steps: list[Step] = [
            lambda z: np.reshape(z, merged),
            lambda z: np.reshape(z, merged, order="F"),
            lambda z: np.reshape(z, (2, -1)),
            lambda z: np.transpose(z, order),
            lambda z: np.take(z, counting[:, None], axis),
            lambda z: np.take_along_axis(z, np.argmax(z, axis, keepdims=True), axis),
            lambda z: np.sum(z, axis),
            lambda z: np.max(z, axis, keepdims=True),
            lambda z: np.cumsum(z, axis),
            lambda z: np.concatenate([z, np.sin(z)], axis),
            lambda z: np.stack([z, np.sin(z)], axis),
            lambda z: np.roll(z, 1, axis),
            lambda z: np.flip(z, axis),
            lambda z: np.repeat(z, 2, axis),
            lambda z: np.sort(z, axis),
            lambda z: np.pad(z, 1),
            lambda z: np.diagonal(z, 0, 0, -1),
            lambda z: np.array_split(z, 2, axis)[0],
            lambda z: np.broadcast_to(z, (2, *z.shape)),
            lambda z: np.lib.stride_tricks.sliding_window_view(z, 2, axis),
            lambda z: z[..., None] * np.arange(3.0),
            lambda z: np.einsum("...i,...i->...", z, np.cos(z)),
            np.squeeze,
        ]
        return self.choice(steps)

    def assignment(self, index: Any) -> Step:
        """Return an assignment at an index, of a constant or of what was there."""
        kind, adds = self.randrange(3), self.random() < 0.3

        def assign(z: Any) -> Any:
            y = z * 1.0
            part = z[index]
            value = [0.5, np.sin(part), np.cos(np.arange(float(part.size))).reshape(part.shape)][
                kind
            ]
            if adds:
                y[index] += value
            else:
                y[index] = value
            return y

        return assign


def loss_of(seed: int) -> tuple[Loss, Any]:
    """Return a random loss and its points, the same for the same seed."""
    draw = Draw(seed)
    x = np.random.default_rng(seed).normal(size=draw.choice(SHAPES))
    z, steps = x, []
    for _ in range(draw.randint(1, 5)):
        if not z.shape:
            break
        step = draw.step(z.shape)
        try:
            found = step(z)
        except (IndexError, ValueError):
            continue
        if 0 < found.size < LARGEST:
            z = found
            steps.append(step)
    return Loss(tuple(steps), draw.randrange(4), draw.random() < 0.3), x


def check_chunks(seed: int) -> int:
    """Value and gradients are NumPy's, whether or not the loss is cut; return the number of chunks."""
    loss, x = loss_of(seed)
    w = np.random.default_rng(seed + 1).normal(size=3)
    about = f"seed {seed}"
    program = ml.value_and_grad(loss)
    value, slope = program(w, x)
    np.testing.assert_allclose(value, loss(w, x), rtol=1e-9, atol=1e-11, err_msg=about)
    whole = ml.grad(loss, eager=True)(w, x)
    np.testing.assert_allclose(slope, whole, rtol=1e-8, atol=1e-10, err_msg=about)
    by_points = ml.grad(lambda x, w: loss(w, x))(x, w)
    whole = ml.grad(lambda x, w: loss(w, x), eager=True)(x, w)
    np.testing.assert_allclose(by_points, whole, rtol=1e-8, atol=1e-10, err_msg=about)
    return program.explain(w, x).chunks
