"""Arguments of a run that are refused before its first step."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import miniml as ml
from tests.training.problem import DATA, NET, loss


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: ml.fit(
                loss, NET, DATA, ml.sgd(0.1), steps=1, validation=DATA, validation_share=0.1
            ),
            "not both",
        ),
        (
            lambda: ml.fit(loss, NET, DATA, ml.sgd(0.1), steps=1, validation_share=0.001),
            "0.001 of 50 points leaves nothing",
        ),
        (
            lambda: ml.fit(loss, NET, DATA, ml.sgd(0.1), steps=1, trainable=lambda _: False),
            "none of",
        ),
    ],
)
def test_what_cannot_be_fitted_is_refused(call: Callable[[], object], message: str) -> None:
    """Contradictory arguments are errors."""
    with pytest.raises(ValueError, match=message):
        call()


USUAL: dict[str, Any] = {
    "loss": loss,
    "params": NET,
    "data": DATA,
    "optimizer": ml.sgd(0.1),
    "steps": 1,
}
HALF = ml.Dataset(DATA.x[:, :1], DATA.y)
POINTING: Any = {"wrt": lambda m: m.layers[0], "trainable": "**"}


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"steps": -1}, "steps is -1: it must be an integer, 0 or more"),
        ({"batch_size": 0}, "batch_size is 0"),
        ({"seed": -1}, "seed is -1"),
        (
            {"patience": 3},
            "patience needs validation data, and there are none",
        ),
        ({"metric": loss}, "metric needs validation data"),
        ({"patience": 0, "validation": DATA}, "patience is 0"),
        ({"measure_every": 0}, "measure_every is 0"),
        ({"validation_share": 1.0}, "validation_share is 1.0: it must be a number between 0 and 1"),
        ({"validation_share": -0.1}, "validation_share is -0.1"),
        ({"validation": HALF}, r"with points of shapes {'x': \(1,\), 'y': \(\)}, and data is"),
        ({"validation": (DATA.x, DATA.y)}, "validation is .* both must be of the same kind"),
        ({"watch": {"loss": lambda _: 0.0}}, "watch has 'loss', which a history uses itself"),
        ({"params": ()}, "params has no leaves: there is nothing to train"),
        ({"backend": "cuda"}, "backend is 'cuda': it must be 'numpy' or 'jax'"),
        ({"data": ([[1.0, 2.0]], [1.0])}, r"make arrays of lists, np.array\(...\)"),
        ({"resume": True}, "give its folder, checkpoints="),
        ({"optimizer": ml.clip(1.0)}, r"goes uphill: .* as in chain\(clip_by_global_norm"),
        ({"optimizer": ml.chain(ml.clip(1.0), ml.add_decayed_weights(0.1))}, "goes uphill"),
        (
            {"optimizer": ml.chain(ml.sgd(0.1), ml.add_decayed_weights(0.1))},
            "takes the step for a grad",
        ),
        (
            {"optimizer": ml.chain(ml.adam(), ml.chain(ml.clip(1.0), ml.sgd(1.0)))},
            "goes uphill: after",
        ),
        (
            {"optimizer": ml.multi_transform(("**", ml.chain(ml.sgd(0.1), ml.lion(0.1))))},
            "goes uphill: after",
        ),
        (POINTING, "give trainable or wrt, not both"),
        ({"wrt": lambda m: m.activation}, "at activation: a static field has no leaves"),
    ],
)
def test_an_argument_out_of_range_is_refused(given: dict[str, Any], message: str) -> None:
    """Numbers out of range, and arguments that need another one that is missing, are errors."""
    with pytest.raises(ValueError, match=message):
        ml.fit(**(USUAL | given))


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"steps": 2.5}, "steps is 2.5, of type float: it must be an integer, 0 or more"),
        ({"steps": 1e3}, "write 1000"),
        ({"batch_size": 2.5}, "batch_size is 2.5"),
        ({"batch_size": "a"}, "batch_size is 'a', of type str"),
        ({"batch_size": True}, "batch_size is True"),
        ({"seed": "a"}, "seed is 'a'"),
        ({"seed": None}, "seed is None"),
        ({"patience": 1.5, "validation": DATA}, "patience is 1.5"),
        ({"validation_share": "0.1"}, "validation_share is '0.1'"),
        ({"optimizer": ml.adam}, r"optimizer is .* such as adam\(1e-3\); call it, as in adam"),
        ({"optimizer": "adam"}, "optimizer is 'adam', of type str: it must be an optimiser"),
        ({"optimizer": 0.1}, "optimizer is 0.1, of type float: it must be an optimiser"),
        ({"loss": DATA}, r"loss is Dataset.* must be a function loss\(params, data\)"),
        ({"metric": "accuracy", "validation": DATA}, "metric is 'accuracy'"),
        ({"callback": 3}, r"callback is 3, of type int: it must be a function callback\(state\)"),
        ({"watch": {"w": 3}}, r"watch\['w'\] is 3"),
        (
            {"trainable": lambda m: m.layers[0]},
            "fails at layers.0.w, .* to select a part use a name",
        ),
        ({"params": ml.MLP}, "params is .*, of type type: .* a class is called first"),
        ({"params": loss, "loss": NET}, "params is .* the order is loss, params, data, optimizer"),
        (
            {"metric": lambda *_: None, "validation": DATA},
            "validation gives None: it must give one",
        ),
        ({"watch": {"w": lambda m: m.layers[0].w}}, "w gives array.*, of type ndarray"),
        ({"watch": {1: loss}}, "watch has the name 1, of type int: it must be text"),
        ({"notes": [1]}, r"notes is \[1\], of type list: it must map names"),
        ({"watch": [loss]}, r"watch is \[.*: it must map names to functions"),
        ({"checkpoints": 3}, "checkpoints is 3, of type int: it must be a folder, or Checkpoints"),
        ({"notes": {"net": NET}}, "JSON cannot represent the notes"),
        ({"wrt": "layers.0.w"}, "wrt is 'layers.0.w', of type str: it must be a function that poi"),
        ({"trainable": 3}, "3 is not a selector: expected name patterns"),
        ({"trainable": lambda leaf: leaf}, "predicate returns ndarray at layers.0.w"),
    ],
)
def test_an_argument_of_another_type_is_refused(given: dict[str, Any], message: str) -> None:
    """The error for an argument of another type says what it must be."""
    with pytest.raises(TypeError, match=message):
        ml.fit(**(USUAL | given))


def test_what_only_changes_a_step_may_come_after_it() -> None:
    """Clipping before and after a step, and a custom part before weight decay, are accepted."""

    @ml.model
    class Halved:
        def init(self, params: Any, /) -> ml.OptimizerState[Any]:
            del params
            return ml.OptimizerState(0)

        def update(self, grads: Any, state: Any, params: Any, /) -> tuple[Any, Any]:
            del params
            return ml.tree_map(lambda g: 0.5 * g, grads), state

    for optimizer in (
        ml.chain(ml.clip(1.0), ml.sgd(0.1), ml.clip(0.01)),
        ml.chain(Halved(), ml.add_decayed_weights(0.1), ml.chain(ml.sgd(0.1))),
        ml.chain(ml.sgd(0.1), Halved()),
    ):
        assert ml.fit(loss, NET, DATA, optimizer, steps=1).state.step == 1


def test_going_on_takes_a_state() -> None:
    """A result in place of its state is an error that says where the state is."""
    result: Any = ml.fit(loss, NET, DATA, ml.sgd(0.1), steps=1)
    with pytest.raises(
        TypeError, match=r"must be a State of an earlier run; a result has one as \.st"
    ):
        ml.train(loss, NET, DATA, ml.sgd(0.1), start=result)


def test_going_on_takes_the_same_optimiser() -> None:
    """A state of another optimiser is an error before the first step."""
    state = next(ml.train(loss, NET, DATA, ml.sgd(0.1)))
    with pytest.raises(ValueError, match="start holds the state of another optimiser"):
        ml.train(loss, NET, DATA, ml.adam(0.1), start=state)


def test_a_file_is_no_folder_of_checkpoints(tmp_path: Path) -> None:
    """A folder that cannot hold checkpoints is an error before the run, not after it."""
    (tmp_path / "file").write_text("mine")
    with pytest.raises(ml.CheckpointError, match=r"can be saved in .*file is a file"):
        ml.fit(loss, NET, DATA, ml.sgd(0.1), steps=1, checkpoints=tmp_path / "file" / "in")


def test_parameters_of_another_library_are_named() -> None:
    """A tensor of PyTorch is refused, and the error names the leaf."""

    class Tensor:
        dtype = object()  # NumPy knows no such dtype, nor torch.float32

    params: Any = {"w": Tensor()}
    with pytest.raises(TypeError, match=r"params has at w .*Tensor: make it a NumPy array"):
        ml.fit(lambda *_: 0.0, params, DATA, ml.sgd(0.1), steps=1)
