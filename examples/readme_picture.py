"""Draw the picture that opens the README: a spiral, what a small network makes of it, its loss.

Run it: `python examples/readme_picture.py docs/images/spiral.png`. Without a file it only trains.
"""

import sys

import numpy as np

import miniml as ml
from miniml import Array, Scalar, plots
from miniml.datasets import Standardizer, spiral


def loss(net: ml.MLP, data: ml.Dataset) -> Scalar:
    """Average the logistic loss; a little decay keeps the separator smooth."""
    decay = sum(np.sum(np.square(layer.w)) for layer in net.layers)
    total: Scalar = ml.mean_loss(net, data) + 2e-4 * decay
    return total


def main() -> None:
    """Train the network, and draw."""
    data, unseen = (spiral(np.random.default_rng(seed), 200) for seed in (1, 2))
    standardize = Standardizer.of(data.x)
    inputs, others = (ml.Dataset(standardize(part.x), part.y) for part in (data, unseen))
    net = ml.MLP.init(np.random.default_rng(0), 2, (16, 16), activation=np.tanh)

    measured: dict[int, tuple[float, float]] = {}
    for state in ml.train(loss, net, inputs, ml.adam(0.02)):
        net = state.params
        if state.step % 10 == 1:
            measured[state.step] = (
                float(ml.mean_loss(net, inputs)),
                float(ml.mean_loss(net, others)),
            )
        if state.step == 1000:
            break
    print(f"mean loss of the training points: {ml.mean_loss(net, inputs):.4f}")

    def score(x: Array) -> Array:
        return net(standardize(x))

    titles = "Two arms, and a network of 337 parameters", "Mean logistic loss"
    left, right = plots.panels(2, width=4.4, height=3.9, titles=titles)
    plots.decision_regions(left, score, np.zeros(2), np.ones(2))
    plots.dataset(left, data)
    steps, (training, test) = list(measured), zip(*measured.values(), strict=True)
    plots.loss_curve(right, steps, training, label="training points")
    plots.loss_curve(right, steps, test, label="unseen points", second=True)
    if len(sys.argv) > 1:
        plots.save(left, sys.argv[1], dpi=200, colours=256)


if __name__ == "__main__":
    main()
