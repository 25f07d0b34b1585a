"""Arguments of optimisers by names of other libraries, and of earlier versions."""

import doctest
from typing import Any

import pytest

import miniml as ml
from miniml import optimizers

MAKERS = [
    *(ml.sgd, ml.momentum, ml.nesterov, ml.rmsprop, ml.adagrad, ml.adam, ml.adamw, ml.lion),
    *(ml.clip, ml.clip_by_global_norm, ml.add_decayed_weights),
]


@pytest.mark.parametrize(
    ("make", "given", "message"),
    [
        (ml.sgd, {"lr": 0.1}, r"sgd\(\) has no argument 'lr': it is called learning_rate"),
        (ml.adam, {"rate": 0.1}, r"adam\(\) has no argument 'rate': it is called learning_rate"),
        (ml.sgd, {"learning_rate": 0.1, "momentum": 0.9}, r"use momentum\(learning_rate, decay="),
        (ml.sgd, {"learning_rate": 0.1, "nesterov": True}, r"use nesterov\(learning_rate, decay="),
        (ml.momentum, {"momentum": 0.9}, r"it is called decay"),
        (ml.adam, {"betas": (0.9, 0.99)}, r"it is called b1 and b2"),
        (ml.adam, {"weight_decay": 0.1}, r"use adamw\(\.\.\.\)"),
        (ml.adamw, {"decay": 0.1}, r"it is called weight_decay"),
        (ml.rmsprop, {"lr": 0.1, "alpha": 0.9}, r"it is called learning_rate"),
        (ml.clip_by_global_norm, {"limit": 1.0}, r"it is called max_norm"),
        (ml.adam, {"warmup": 3}, r"it takes learning_rate, b1, b2, eps"),
    ],
)
def test_another_name_is_refused_by_its_name_here(
    make: Any, given: dict[str, Any], message: str
) -> None:
    """The error names the argument, or the function, that has the meaning."""
    with pytest.raises(TypeError, match=message):
        make(**given)


@pytest.mark.parametrize("make", MAKERS)
def test_the_examples_of_decorated_functions_run(make: Any) -> None:
    """The docstrings of the functions below the decorator are run as doctests."""
    finder, runner = doctest.DocTestFinder(recurse=False), doctest.DocTestRunner()
    names = vars(ml) | vars(optimizers)
    (example,) = finder.find(make.__wrapped__, globs=names)
    assert example.examples
    assert not runner.run(example).failed
