"""Fit the hyper-parameters of a Gaussian process by its marginal likelihood, and predict.

Run it: `python examples/gaussian_process.py`.
"""

import numpy as np

import miniml as ml
from miniml import Array, Dataset, Scalar


@ml.model
class Kernel:
    """A squared exponential with a length scale per feature, and noise; all as logarithms."""

    scale: float
    lengths: Array
    noise: float

    def __call__(self, a: Array, b: Array) -> Array:  # (n, d), (m, d) -> (n, m)
        apart = (a[:, None] - b) / np.exp(self.lengths)
        covariance: Array = np.exp(2.0 * self.scale - 0.5 * np.sum(np.square(apart), axis=-1))
        return covariance

    def of_targets(self, x: Array) -> Array:
        """Return the covariance of noisy targets."""
        covariance: Array = self(x, x) + np.exp(2.0 * self.noise) * np.eye(len(x))
        return covariance


def loss(kernel: Kernel, data: Dataset) -> Scalar:
    """Return minus the log marginal likelihood (Rasmussen and Williams 2006, equation 2.30)."""
    lower = np.linalg.cholesky(kernel.of_targets(data.x))
    white = np.linalg.solve(lower, data.y)
    constant = 0.5 * len(data.y) * np.log(2.0 * np.pi)
    total: Scalar = 0.5 * white @ white + np.sum(np.log(np.diag(lower))) + constant
    return total


@ml.jit
def predict(kernel: Kernel, data: Dataset, x: Array) -> tuple[Array, Array]:
    """Return the mean and the standard deviation at new points."""
    across = kernel(data.x, x)
    weights = np.linalg.solve(kernel.of_targets(data.x), across)
    variance = np.diag(kernel(x, x)) - np.sum(across * weights, axis=0)
    return data.y @ weights, np.sqrt(variance)


def main() -> None:
    """Learn a sine of the first feature from noisy points; the second feature is irrelevant."""
    rng = np.random.default_rng(0)
    x = rng.uniform(-3.0, 3.0, (120, 2))
    data = Dataset(x, np.sin(2.0 * x[:, 0]) + 0.1 * rng.normal(size=120))
    start = Kernel(0.0, np.zeros(2), -1.0)
    kernel = ml.lbfgs(loss, start, data).state.params
    print(f"minus log likelihood: {loss(start, data):.2f}, then {loss(kernel, data):.2f}")
    relevance = np.exp(-kernel.lengths).round(2)
    print(f"relevance of the features {relevance}, noise {np.exp(kernel.noise):.3f}")

    new = np.stack([np.linspace(-2.0, 2.0, 5), np.zeros(5)], axis=1)
    mean, deviation = predict(kernel, data, new)
    for at, m, s in zip(new[:, 0], mean, deviation, strict=True):
        print(f"sin(2 * {at:4.1f}) = {np.sin(2.0 * at):6.3f}, predicted {m:6.3f} +- {2.0 * s:.3f}")


if __name__ == "__main__":
    main()
