"""The catalogue: every entry runs in the command and on the page."""

import json
from pathlib import Path

import numpy as np
import pytest

from miniml._playground.core.creation import session_from_config
from miniml._playground.core.session_config import SessionConfig
from miniml._playground.core.training import train
from miniml._playground.view.arrays import Quality
from miniml._playground.view.frame import ClientState, frame
from miniml._playground.view.packing import unpack
from miniml.catalogue import ACTIVATIONS, DATA, DRAWN, LOSSES, MODELS, OPTIMIZERS, TABLES
from miniml.cli import main

pytest.importorskip("rich")
pytest.importorskip("safetensors")

SETS = [*DRAWN, *TABLES]


def fit(folder: Path, *words: str) -> dict[str, dict[str, float]]:
    """Run `miniml fit` for a few steps, and return its results."""
    out = str(folder / "out")
    assert main(["fit", *words, "--steps", "3", "--no-pictures", "--overwrite", "--out", out]) == 0
    results: dict[str, dict[str, float]] = json.loads((folder / "out" / "run.json").read_text())
    return results


def test_the_menu_of_data_is_complete() -> None:
    """Each data set stands below one heading."""
    assert [name for names in DATA.values() for name in names] == SETS


def test_the_page_offers_the_catalogue() -> None:
    """The menus of the page have the names that the command has."""
    menus = unpack(frame(session_from_config(), ClientState(), Quality(5, 0))[0])[0]["menus"]
    assert menus["data"] == {heading: list(names) for heading, names in DATA.items()}
    assert menus["models"] == list(MODELS)
    assert menus["losses"] == list(LOSSES)
    assert menus["optimizers"] == list(OPTIMIZERS)
    assert menus["activations"] == list(ACTIVATIONS)


@pytest.mark.parametrize("data", SETS)
def test_the_command_knows_every_data_set(data: str, tmp_path: Path) -> None:
    """`miniml fit` draws or reads each data set, with noise if it is drawn."""
    noise = ("--noise", "0.2") if data in DRAWN else ()
    assert np.isfinite(fit(tmp_path, data, *noise)["test"]["mean_loss"])


@pytest.mark.parametrize("model", MODELS)
def test_the_command_knows_every_model(model: str, tmp_path: Path) -> None:
    """`miniml fit` trains each model."""
    assert np.isfinite(fit(tmp_path, "circle", "--model", model)["test"]["mean_loss"])


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_the_command_knows_every_optimizer(optimizer: str, tmp_path: Path) -> None:
    """With its default learning rate, each optimiser lowers the loss of a linear model."""
    words = ("simple", "--model", "linear", "--optimizer", optimizer, "--l2", "0")
    before = fit(tmp_path, *words, "--learning-rate", "1e-12")["train"]["mean_loss"]
    assert fit(tmp_path, *words, "--overwrite")["train"]["mean_loss"] < before


@pytest.mark.parametrize("loss", LOSSES)
def test_the_command_knows_every_loss(loss: str, tmp_path: Path) -> None:
    """`miniml fit` minimises each point loss."""
    assert np.isfinite(fit(tmp_path, "circle", "--loss", loss)["test"]["mean_loss"])


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("loss", LOSSES)
def test_the_page_trains_with_every_optimizer(optimizer: str, loss: str) -> None:
    """The page makes steps with each optimiser on each point loss."""
    session = train(session_from_config(SessionConfig(optimizer=optimizer, loss=loss)), 3)
    assert session.moment.step == 3
    assert np.isfinite(session.moment.loss)


def test_noise_scatters_the_points() -> None:
    """The noise moves the points of each set that is drawn, and keeps the classes balanced."""
    for draw in DRAWN.values():
        plain, noisy = (draw(np.random.default_rng(0), 40, noise) for noise in (0.0, 0.5))
        np.testing.assert_array_equal(plain.y, noisy.y)
        assert not np.allclose(plain.x, noisy.x)
