"""Draw the first picture of the README: the regions of a small network on a spiral, and its loss.

Run it: `python examples/readme_picture.py docs/images/spiral.png`. Without a file it draws nothing.
"""

import sys
from collections.abc import Callable

import numpy as np

import miniml as ml
from miniml import Array, Scalar, plots
from miniml.datasets import Standardizer, spiral


def loss(net: ml.MLP, data: ml.Dataset) -> Scalar:
    """Return the mean logistic loss, with a little weight decay for a smooth separator."""
    decay = sum(np.sum(np.square(layer.w)) for layer in net.layers)
    total: Scalar = ml.mean_loss(net, data) + 2e-4 * decay
    return total


def measure(data: ml.Dataset) -> Callable[[ml.MLP], Scalar]:
    return lambda net: ml.mean_loss(net, data)


def main() -> None:
    """Train the network, and draw."""
    data, unseen = (spiral(np.random.default_rng(seed), 200) for seed in (1, 2))
    standardize = Standardizer.of(data.x)
    inputs, others = (ml.Dataset(standardize(part.x), part.y) for part in (data, unseen))
    net = ml.MLP.init(np.random.default_rng(0), 2, (16, 16), activation=np.tanh)

    run = ml.fit(
        loss,
        net,
        inputs,
        ml.adam(0.02),
        steps=1000,
        measure_every=10,
        watch={name: measure(part) for name, part in (("training", inputs), ("unseen", others))},
    )
    net = run.state.params
    print(f"mean loss of the training points: {ml.mean_loss(net, inputs):.4f}")

    def score(x: Array) -> Array:
        return net(standardize(x))

    titles = "Two arms, and a network of 337 parameters", "Mean logistic loss"
    left, right = plots.panels(2, width=4.4, height=3.9, titles=titles)
    plots.decision_regions(left, score, np.zeros(2), np.ones(2))
    plots.dataset(left, data)
    steps, measured = run.history.measured_step, run.history.measured
    plots.loss_curve(right, steps, measured["training"], label="training points")
    plots.loss_curve(right, steps, measured["unseen"], label="unseen points", second=True)
    if len(sys.argv) > 1:
        plots.save(left, sys.argv[1], dpi=200, colours=256)


if __name__ == "__main__":
    main()
