"""The style of the pictures: distinguishable with any colour vision."""

import itertools

import numpy as np
import pytest

from miniml import plots
from miniml.datasets import Dataset
from miniml.plots.style import CURVES, MARKS, TINTS
from miniml.types import Array

pytest.importorskip("matplotlib")
from tests.plots.drawing import pixels, rgb

# What is seen without one of the three kinds of cones, in linear RGB (Machado, Oliveira and
# Fernandes 2009, severity 1).
VISIONS = {
    "trichromat": np.eye(3),
    "protanope": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deuteranope": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "tritanope": np.array(
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ]
    ),
}


def lab(colour: str, vision: str) -> Array:
    """Return a perceived colour in CIELAB; its unit is about the smallest visible difference."""
    share = rgb(colour) / 255
    linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    seen = np.clip(VISIONS[vision] @ linear, 0, 1)
    to_xyz = np.array(
        [
            [0.4124564, 0.3575761, 0.1804375],
            [0.2126729, 0.7151522, 0.0721750],
            [0.0193339, 0.1191920, 0.9503041],
        ]
    )
    ratio = to_xyz @ seen / to_xyz.sum(axis=1)
    f = np.where(ratio > 0.008856, np.cbrt(ratio), 7.787 * ratio + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("vision", VISIONS)
def test_classes_are_told_apart(vision: str) -> None:
    """Marks and regions of the two classes differ clearly with any colour vision."""
    for one, other in ([mark.colour for mark in MARKS], [TINTS[0][0], TINTS[1][1]]):
        assert np.linalg.norm(lab(one, vision) - lab(other, vision)) > 20


@pytest.mark.parametrize("vision", VISIONS)
def test_marks_stand_out_from_regions(vision: str) -> None:
    """The mark of each class is visible on the surest regions of both classes."""
    for mark, tint in itertools.product(MARKS, (TINTS[0][0], TINTS[1][1])):
        assert np.linalg.norm(lab(mark.colour, vision) - lab(tint, vision)) > 20


def test_all_differs_in_shape_as_well() -> None:
    """All marks differ in shape, and all curves in dashes."""
    assert len({mark.shape for mark in MARKS}) == len(MARKS)
    assert len({dashes for _, dashes in CURVES}) == len(CURVES)


def test_marks_have_the_colour_of_their_class() -> None:
    """In the image, the centre of a point has the colour of its class."""
    x = np.array([[0.25, 0.5], [0.75, 0.5]])
    ax = plots.decision_regions(plots.axes(), lambda x: x[:, 0] - 0.5, np.zeros(2), np.ones(2))
    plots.dataset(ax, Dataset(x, np.array([1.0, -1.0])))
    assert pixels(ax, x).tolist() == [rgb(MARKS[1].colour).tolist(), rgb(MARKS[0].colour).tolist()]


def test_regions_have_the_tint_of_their_class() -> None:
    """In the image, the regions are orange and blue, deeper far from the separator, which is dark."""
    ax = plots.decision_regions(
        plots.axes(), lambda x: 20 * (x[:, 0] - 0.5), np.zeros(2), np.ones(2)
    )
    places = np.array([[0.05, 0.5], [0.48, 0.5], [0.5, 0.5], [0.52, 0.5], [0.95, 0.5]])
    sure, unsure, line, other_unsure, other_sure = pixels(ax, places)
    assert np.abs(sure - rgb(TINTS[0][0])).max() <= 2
    assert np.abs(other_sure - rgb(TINTS[1][1])).max() <= 2
    assert unsure[0] > unsure[2]  # more red than blue
    assert other_unsure[0] < other_unsure[2]
    assert sure.sum() < unsure.sum()
    assert other_sure.sum() < other_unsure.sum()
    assert line.max() < 100


def test_regions_stand_upright() -> None:
    """Points with a high score at the top are blue at the top."""
    ax = plots.decision_regions(
        plots.axes(), lambda x: 20 * (x[:, 1] - 0.5), np.zeros(2), np.ones(2)
    )
    bottom, top = pixels(ax, np.array([[0.5, 0.1], [0.5, 0.9]]))
    assert np.abs(bottom - rgb(TINTS[0][0])).max() <= 2
    assert np.abs(top - rgb(TINTS[1][1])).max() <= 2
