"""Data sets in the plane with adjustable noise.

Without noise, `gauss`, `rings`, `quadrants` and `two_spirals` lie in the square from -6 to 6;
`with_noise` adds noise to a lecture set.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TypeAlias

import numpy as np
from numpy.random import Generator

from miniml.datasets.dataset import Dataset
from miniml.datasets.lecture import LectureSet
from miniml.types import Array

NoisySet: TypeAlias = Callable[[Generator, int, float], Dataset]
"""A function of a source of randomness, a number of points, and a noise from 0 to 1."""


def gauss(rng: Generator, points: int, noise: float) -> Dataset:
    """Draw two round clouds about (2, 2) and (-2, -2); noise widens them."""
    y = _alternating(points)
    return Dataset(2.0 * y[:, None] + (0.5 + 2.0 * noise) * rng.standard_normal((points, 2)), y)


def rings(rng: Generator, points: int, noise: float) -> Dataset:
    """Draw a disc (+1) and a ring around it (-1)."""
    y = _alternating(points)
    radius = np.where(y > 0, rng.uniform(0.0, 2.5, points), rng.uniform(3.5, 5.0, points))
    return Dataset(_scatter(rng, _polar(radius, rng.uniform(0.0, 2 * np.pi, points)), noise), y)


def quadrants(rng: Generator, points: int, noise: float) -> Dataset:
    """Draw four fields with gaps between them: +1 if both coordinates have the same sign."""
    x = rng.uniform(-5.0, 5.0, (points, 2))
    x += 0.3 * np.sign(x)
    return Dataset(_scatter(rng, x, noise), np.where(x[:, 0] * x[:, 1] >= 0, 1.0, -1.0))


def two_spirals(rng: Generator, points: int, noise: float) -> Dataset:
    """Draw two interleaved arms of nearly two turns, one opposite the other."""
    y = _alternating(points)
    t = np.sqrt(rng.uniform(0.02, 1.0, points))
    angle = 3.5 * np.pi * t + np.where(y > 0, 0.0, np.pi)
    return Dataset(_scatter(rng, _polar(5.0 * t, angle), noise), y)


def with_noise(draw: LectureSet) -> NoisySet:
    """Return a lecture set that takes a noise: normal, of standard deviation 0.15 at most."""

    def noisy(rng: Generator, points: int, noise: float) -> Dataset:
        data = draw(rng, points)
        return Dataset(data.x + 0.15 * noise * rng.standard_normal(data.x.shape), data.y)

    return noisy


def _alternating(points: int) -> Array:
    return np.where(np.arange(points) % 2 == 0, 1.0, -1.0)


def _polar(radius: Array, angle: Array) -> Array:
    x: Array = radius[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return x


def _scatter(rng: Generator, x: Array, noise: float) -> Array:
    return x + 1.5 * noise * rng.standard_normal(x.shape)


NOISY: Mapping[str, NoisySet] = MappingProxyType(
    {"gauss": gauss, "rings": rings, "quadrants": quadrants, "two-spirals": two_spirals}
)
"""The data sets with noise by name, for command lines and menus."""
