"""Solve the heat equation with a network, from the equation and the boundary values only.

The loss has derivatives with respect to the inputs: `grad` and `hessian` at one point, `vmap` over
the points.

Run it: `python examples/heat_equation.py`.
"""

import numpy as np

import miniml as ml
from miniml import MLP, Array, Scalar

DIFFUSION = 0.1


@ml.model
class Points:
    """Points where the equation must hold, and points where the temperature is known."""

    inside: Array  # (n, 2): position and time
    edge: Array  # (m, 2)
    known: Array  # (m,)


def residual(net: MLP, point: Array) -> Scalar:
    """Return the residual of the equation, u_t = DIFFUSION u_xx, at one point."""

    def u(point: Array) -> Scalar:
        temperature: Scalar = net(point)
        return temperature

    u_xx, u_t = ml.hessian(u)(point)[0, 0], ml.grad(u)(point)[1]
    difference: Scalar = u_t - DIFFUSION * u_xx
    return difference


def loss(net: MLP, points: Points) -> Scalar:
    """Return the mean squared residual inside plus the mean squared error on the boundary."""
    residuals = ml.vmap(residual, in_axes=(None, 0))(net, points.inside)
    total: Scalar = np.mean(np.square(residuals)) + np.mean(
        np.square(net(points.edge) - points.known)
    )
    return total


def draw(rng: np.random.Generator) -> Points:
    """Draw points; the temperature is 0 at both ends, and a sine at time 0."""
    first = np.stack([np.linspace(0.0, 1.0, 50), np.zeros(50)], axis=1)
    ends = np.stack([np.repeat([0.0, 1.0], 25), np.tile(np.linspace(0.0, 1.0, 25), 2)], axis=1)
    known = np.concatenate([np.sin(np.pi * first[:, 0]), np.zeros(50)])
    return Points(rng.random((500, 2)), np.concatenate([first, ends]), known)


def main() -> None:
    """Train, and compare with the solution."""
    rng = np.random.default_rng(0)
    net = MLP.init(rng, 2, (16, 16), activation=np.tanh)
    run = ml.lbfgs(loss, net, draw(rng), steps=300)
    print(f"loss after {run.state.step} steps: {run.state.loss:.1e}")

    positions = np.linspace(0.0, 1.0, 5)
    for time in (0.0, 0.5, 1.0):
        found = run.state.params(np.stack([positions, np.full(5, time)], axis=1))
        exact = np.sin(np.pi * positions) * np.exp(-DIFFUSION * np.pi**2 * time)
        print(f"t = {time}: {found.round(3)}, error at most {np.abs(found - exact).max():.3f}")


if __name__ == "__main__":
    main()
