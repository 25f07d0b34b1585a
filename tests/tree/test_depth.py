"""Trees that are nested too deeply: each function says so, or works."""

import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import miniml as ml
from miniml.tree import shared_leaves


@ml.model
class Nest:
    """A model with another inside it."""

    inner: Any
    size: ml.Static[int] = 1


KINDS: dict[str, Callable[[Any], Any]] = {
    "tuple": lambda tree: (tree,),
    "list": lambda tree: [tree],
    "dict": lambda tree: {"a": tree},
    "model": Nest,
}


def deep(kind: str, depth: int = 900) -> Any:
    tree: Any = 1.0
    for _ in range(depth):
        tree = KINDS[kind](tree)
    return tree


def loss(tree: Any, _: Any = None) -> Any:
    return ml.tree_norm(tree, squared=True)


X = np.ones((3, 1))
FUNCTIONS: dict[str, Callable[[Any], object]] = {
    "tree_leaves": ml.tree_leaves,
    "is_leaf": lambda t: ml.tree_leaves(t, is_leaf=lambda _: False),
    "structure's text": lambda t: repr(ml.tree_structure(t)),
    "pickled structure": lambda t: pickle.loads(pickle.dumps(ml.tree_structure(t))),
    "leaf_names": ml.leaf_names,
    "named_leaves": ml.named_leaves,
    "replace_leaves": lambda t: ml.replace_leaves(t, {}),
    "tree_map": lambda t: ml.tree_map(lambda x: x, t),
    "tree_map of two": lambda t: ml.tree_map(lambda x, _: x, t, t),
    "tree_map_with_path": lambda t: ml.tree_map_with_path(lambda _, x: x, t),
    "tree_unflatten": lambda t: ml.tree_unflatten(ml.tree_structure(t), ml.tree_leaves(t)),
    "another structure": lambda t: ml.tree_map(lambda x, _: x, [t], [KINDS["list"](t)]),
    "tree_equal": lambda t: ml.tree_equal(t, t),
    "tree_diff": lambda t: ml.tree_diff(t, t),
    "tree_norm": ml.tree_norm,
    "tree_dot": lambda t: ml.tree_dot(t, t),
    "tree_specs": ml.tree_specs,
    "tree_broadcast": lambda t: ml.tree_broadcast(t, t),
    "tree_transpose": lambda t: ml.tree_transpose(
        ml.tree_structure([0]), ml.tree_structure(t), [t]
    ),
    "partition": lambda t: ml.partition(t, "**"),
    "partition by class": lambda t: ml.partition(t, (Nest, list, tuple, dict)[1]),
    "combine": lambda t: ml.combine(*ml.partition(t, ml.is_parameter)),
    "ravel": lambda t: ml.ravel(t)[1](ml.ravel(t)[0]),
    "summary": ml.summary,
    "shared_leaves": shared_leaves,
    "check": ml.check,
    "at": lambda t: ml.at(t, ml.tree_leaves).apply(lambda leaves: leaves),
    "grad": ml.grad(loss),
    "jit": ml.jit(loss),
    "fit": lambda t: ml.fit(loss, t, X, ml.adam(0.1), steps=1, progress=False),
    "save": lambda t: ml.save("never.safetensors", t),
}
MODEL_FUNCTIONS: dict[str, Callable[[Any], object]] = {
    "repr": repr,
    "html": lambda t: t._repr_html_(),
}


def run(function: Callable[[Any], object], tree: Any) -> None:
    """Call a function; a RecursionError must say what it means."""
    try:
        function(tree)
    except RecursionError as error:
        assert str(error).startswith("the tree is nested too deeply for Python's recursion limit")  # noqa: PT017
    except (KeyError, ValueError) as error:
        assert "no leaf inside a list" in str(error) or "does not match" in str(error)  # noqa: PT017


@pytest.mark.parametrize("kind", ["list", "model"])
@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_error_says_it(name: str, kind: str, monkeypatch: Any, tmp_path: Any) -> None:
    """At a depth of 900, a function works or names the reason, also when it is called again."""
    monkeypatch.chdir(tmp_path)
    tree = deep(kind)
    for _ in range(2):
        run(FUNCTIONS[name], tree)


@pytest.mark.parametrize("name", MODEL_FUNCTIONS)
def test_the_text_of_a_model(name: str) -> None:
    """The text of a model names the reason, too."""
    run(MODEL_FUNCTIONS[name], deep("model"))


@pytest.mark.parametrize("kind", KINDS)
def test_a_depth_of_300_works(kind: str) -> None:
    """A tree that is 300 deep is flattened, named, mapped and pickled as a structure."""
    tree = deep(kind, 300)
    structure = ml.tree_structure(tree)
    assert pickle.loads(pickle.dumps(structure)) is structure
    assert len(ml.leaf_names(tree)) == structure.num_leaves
    assert ml.tree_equal(ml.tree_map(lambda x: x, tree), tree)


def test_a_cycle() -> None:
    """A list that contains itself is refused with the same words."""
    cycle: list[Any] = []
    cycle.append(cycle)
    with pytest.raises(RecursionError, match="or contains itself"):
        ml.tree_map(lambda x: x, cycle)


def test_a_users_own_recursion_is_not_explained() -> None:
    """A function that recurses without end keeps Python's words."""

    def endless(x: Any) -> Any:
        return endless(x)

    with pytest.raises(RecursionError, match="maximum recursion depth"):
        ml.tree_map(endless, [1.0])
