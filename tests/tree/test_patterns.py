"""Name patterns with the meaning of paths, and selection by class."""

import fnmatch
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import miniml as ml
from miniml.tree import (
    as_selector,
    leaf_mask,
    leaf_names,
    match_names,
    model,
    partition,
    tree_equal,
    tree_leaves,
    tree_structure,
)
from miniml.tree.path import key_name, path_name
from miniml.tree.patterns import split_name
from tests.strategies import Line, Pair, trees

LINES = {"m1": Line(1, 2), "m2": Line(3, 4)}
DEEP = {"w": 0, "m": {"w": 1, "n": {"w": 2, "b": 3}}, "layers": [Line(4, 5), Line(6, 7)]}


def matches(parts: list[str], pattern: list[str]) -> bool:
    """Match part by part: the definition."""
    if not pattern:
        return not parts
    head, *rest = pattern
    if head == "**":
        return any(matches(parts[n:], rest) for n in range(len(parts) + 1))
    return bool(parts) and fnmatch.fnmatchcase(parts[0], head) and matches(parts[1:], rest)


PARTS = st.text("ab", min_size=1, max_size=3)


class TestLaws:
    @given(
        st.lists(st.lists(PARTS, min_size=1, max_size=4), min_size=1, max_size=5),
        st.lists(st.text("ab*?", min_size=1, max_size=3), min_size=1, max_size=4),
    )
    def test_the_definition(self, names: list[list[str]], pattern: list[str]) -> None:
        """A pattern matches as its parts do, one after another."""
        text = ".".join(pattern)
        if any("**" in part and part != "**" for part in pattern):
            with pytest.raises(ValueError, match=r"\*\* must stand alone between dots"):
                match_names(map(".".join, names), text)
            return
        wanted = [matches(name, pattern) for name in names]
        if any(wanted):
            assert match_names(map(".".join, names), text) == wanted
        else:
            with pytest.raises(KeyError, match="no leaf is named"):
                match_names(map(".".join, names), text)

    @given(trees())
    def test_parts_of_names(self, tree: Any) -> None:
        """The name of a leaf has one part for each key."""
        structure = tree_structure({"x": tree, "a.'b": [tree]})
        for path in structure.paths:
            assert split_name(path_name(path)) == list(map(key_name, path))

    @given(trees(), st.data())
    def test_all_and_one(self, tree: Any, data: st.DataObject) -> None:
        """`**` matches all leaves, and a name without wildcards matches itself."""
        whole = (tree, {"w": 1.0})
        names = leaf_names(whole)
        assert match_names(names, "**") == [True] * len(names)
        assert match_names(names, "1.**") == [name.startswith("1.") for name in names]
        name = data.draw(st.sampled_from(names))
        if not {*"*?'\""} & {*name}:
            assert match_names(names, name) == [name == other for other in names]


class TestPatterns:
    @pytest.mark.parametrize(
        ("pattern", "names"),
        [
            ("*", ["w"]),
            ("*.w", ["m.w"]),
            ("**.w", ["layers.0.w", "layers.1.w", "m.n.w", "m.w", "w"]),
            ("layers.*.w", ["layers.0.w", "layers.1.w"]),
            ("m.**", ["m.n.b", "m.n.w", "m.w"]),
            ("m.**.w", ["m.n.w", "m.w"]),
            ("**.n.*", ["m.n.b", "m.n.w"]),
            ("layers.?.b", ["layers.0.b", "layers.1.b"]),
            ("l*.1.**", ["layers.1.w", "layers.1.b"]),
            (["w", "*.n.b"], ["m.n.b", "w"]),
        ],
    )
    def test_names(self, pattern: Any, names: list[str]) -> None:
        """`*` stays within one part; `**` matches any number of parts."""
        assert sorted(leaf_names(partition(DEEP, pattern)[0])) == sorted(names)

    def test_a_dot_is_no_wildcard(self) -> None:
        """Text matches itself alone, and `?` matches no dot."""
        assert match_names(("a.b", "axb", "b"), "a.b") == [True, False, False]
        assert match_names(("a.b", "axb", "b"), "a?b") == [False, True, False]

    def test_a_single_leaf(self) -> None:
        """The leaf at the root, whose name is empty, is matched by `*` and `**`."""
        assert leaf_mask(1.0, "*") == leaf_mask(1.0, "**") == leaf_mask(1.0, "") == [True]

    def test_state_dicts(self) -> None:
        """Text with dots matches as one part in quotes, or as its own parts without."""
        state = {"model.layers.0.w": 1.0, "model.layers.0.b": 2.0, "head": {"a.b": 3.0}}
        assert leaf_names(partition(state, "**.w")[0]) == ("'model.layers.0.w'",)
        assert leaf_names(partition(state, "model.layers.*.b")[0]) == ("'model.layers.0.b'",)
        assert leaf_names(partition(state, "'model.layers.0.b'")[0]) == ("'model.layers.0.b'",)
        assert leaf_names(partition(state, "head.*")[0]) == ("head.'a.b'",)

    def test_no_such_name(self) -> None:
        """A pattern without matches is refused; the message lists names."""
        with pytest.raises(KeyError, match=r"no leaf is named '\*\*\.bias'; the nearest"):
            partition({"m": Line(1, 2)}, "**.bias")

    @pytest.mark.parametrize(
        ("node", "hint"),
        [
            ("m", r"'m': write 'm\.\*\*', which matches 'm\.n\.w', 'm\.w'"),
            ("n", r"'n': write '\*\*\.n\.\*\*', which matches 'm\.n\.w'"),
        ],
    )
    def test_name_of_a_node(self, node: str, hint: str) -> None:
        """The name of a node is no pattern of its leaves; the message has that pattern."""
        with pytest.raises(KeyError, match=hint):
            partition({"m": {"w": 1.0, "n": {"w": 2.0}}, "v": 3.0}, node)

    @pytest.mark.parametrize(
        ("old", "hint"),
        [
            ("*.w", r"write '\*\*\.w' .* matches 'm\.n\.w', 'layers\.0\.w'"),
            ("*", r"write '\*\*' .* matches 'm\.n\.w', 'm\.n\.x', 'layers\.0\.w'"),
            ("m*", r"write '\*\*' between dots .* matches 'm\.n\.w', 'm\.n\.x'"),
        ],
    )
    def test_old_patterns(self, old: str, hint: str) -> None:
        """A pattern whose `*` meant any text is refused; the message has the way to write it."""
        with pytest.raises(KeyError, match=rf"\* matches within one part of a name; {hint}"):
            match_names(("m.n.w", "m.n.x", "layers.0.w"), old)


class TestClasses:
    def test_instances(self) -> None:
        """A class selects the leaves inside its instances, alone or beside patterns."""
        assert leaf_names(partition(DEEP, Line)[0]) == leaf_names(partition(DEEP, "layers.**")[0])
        both = partition({"w": 1.0, "b": 2.0, "l": Line(1, 2)}, [Line, "b"])[0]
        assert leaf_names(both) == ("b", "l.w", "l.b")
        nested = Pair(Line(1, 2), 3)
        assert leaf_mask(nested, Line) == [True, True, False]
        assert leaf_mask(nested, Pair) == [True, True, True]
        assert leaf_mask((nested, [1]), list) == [False, False, False, True]

    def test_base_classes(self) -> None:
        """A base class or a protocol at run time selects the instances of its subclasses."""

        class Base:
            __slots__ = ()

        @model
        class One(Base):
            w: float

        assert leaf_mask([One(1.0), Line(1, 2)], Base) == [True, False, False]

    def test_none(self) -> None:
        """A class without instances is refused; the message lists the classes that there are."""
        with pytest.raises(KeyError, match=r"no leaf inside a Pair; its nodes are Line, dict"):
            partition(LINES, Pair)
        with pytest.raises(KeyError, match=r"no leaf inside a ndarray; .* isinstance\(leaf"):
            partition({"w": np.ones(1)}, np.ndarray)

    def test_defined_again(self) -> None:
        """A class of the same name that is another one is told apart."""

        def define() -> Any:
            @model
            class Net:
                w: float

            return Net

        with pytest.raises(KeyError, match=r"has another Net: .* was defined again"):
            partition(define()(1.0), define())

    def test_selectors(self) -> None:
        """Selectors are hashable; what is neither text nor class nor predicate is refused."""
        assert as_selector([Line, "**.b"]) == (Line, "**.b")
        assert as_selector(Line) is Line
        for wrong in (3, [3], [lambda _: True]):
            with pytest.raises(
                TypeError, match=r"expected name patterns, such as .\*\*\.w., classes"
            ):
                as_selector(wrong)  # type: ignore[arg-type]  # the mistake


class TestUsers:
    """Whatever takes a selector takes a class, and gives `*` the same meaning."""

    TREE = {"w": 1.0, "line": Line(1.0, 1.0), "deep": [Line(1.0, 1.0)]}  # noqa: RUF012

    def moved(self, optimizer: Any) -> set[str]:
        """Return the names of the leaves that an update changes."""
        grads = ml.tree_map(lambda _: 0.0, self.TREE)
        updates, _ = optimizer.update(grads, optimizer.init(self.TREE), self.TREE)
        names = leaf_names(self.TREE)
        return {n for n, leaf in zip(names, tree_leaves(updates), strict=True) if leaf != 0.0}

    @pytest.mark.parametrize(
        ("select", "names"),
        [
            (Line, {"line.w", "line.b", "deep.0.w", "deep.0.b"}),
            ("*.w", {"line.w"}),
            ("**.w", {"w", "line.w", "deep.0.w"}),
            ((Line, "w"), {"w", "line.w", "line.b", "deep.0.w", "deep.0.b"}),
            ("**", set(leaf_names(TREE))),
        ],
    )
    def test_all(self, select: Any, names: set[str]) -> None:
        """Decay, groups and `trainable` choose the same leaves."""
        assert self.moved(ml.adamw(0.1, weight_decay=0.5, where=select)) == names
        assert self.moved(ml.chain(ml.add_decayed_weights(0.5, select), ml.sgd(0.1))) == names
        decayed = ml.chain(ml.add_decayed_weights(0.5), ml.sgd(0.1))
        assert self.moved(ml.multi_transform((select, decayed), ("**", ml.sgd(0.1)))) == names

        def loss(params: Any, _: Any) -> Any:
            return sum(leaf * leaf for leaf in tree_leaves(params))

        fitted = ml.fit(
            loss, self.TREE, np.zeros(3), ml.sgd(0.1), steps=1, trainable=select, progress=False
        )
        after = ml.named_leaves(fitted.state.params)
        assert {name for name, leaf in after.items() if leaf != 1.0} == names
        assert tree_equal(ml.combine(*partition(self.TREE, select)), self.TREE)
