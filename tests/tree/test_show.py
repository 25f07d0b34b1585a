"""Text, tables and HTML of trees; and `check`."""

from html.parser import HTMLParser
from typing import Any

import attrs
import numpy as np
import pytest
from hypothesis import given

from miniml.tree import Static, at, check, model, summary, tree_equal, tree_map, tree_structure
from miniml.tree.show import tree_html, tree_text
from tests.strategies import Line, Pair, trees


class TestRepr:
    def test_one_line(self) -> None:
        """A small model prints on one line, in the order of its fields, with small arrays."""
        assert repr(Line(np.array([1.0, 2.5]), -1.0)) == (
            "Line(w=array([1. , 2.5]), b=-1.0, label='line')"
        )

    def test_arrays_are_not_printed_whole(self) -> None:
        """A larger array prints as its dtype and shape."""
        text = repr(Line(np.zeros((784, 512), np.float32), np.arange(9)))
        assert text == "Line(w=float32[784, 512], b=int64[9], label='line')"
        assert "float32)" in repr(Line(np.ones(2, np.float32), None))

    def test_many_lines(self) -> None:
        """A larger model is indented; a long container is truncated."""
        text = repr(Pair([Line(np.zeros(20), i) for i in range(100)], (1,)))
        lines = text.splitlines()
        assert lines[:3] == [
            "Pair(",
            "    first=[",
            "        Line(w=float64[20], b=0, label='line'),",
        ]
        assert lines[-4:] == ["        ... 90 more,", "    ],", "    second=(1,),", ")"]

    def test_own_repr_stays(self) -> None:
        """A class with a repr keeps it."""

        @model
        class Own:
            w: float

            def __repr__(self) -> str:
                return "mine"

        assert repr(Own(1.0)) == "mine"

    @given(trees())
    def test_any_tree(self, tree: Any) -> None:
        """Every tree has a text, and HTML in which every tag is closed."""
        assert tree_text(tree)
        parser = Balance()
        parser.feed(tree_html(tree))
        assert parser.open == []

    def test_html(self) -> None:
        """A notebook shows the outline, with escaped names and values."""
        text = Line("<b>", np.zeros(20))._repr_html_()  # type: ignore[attr-defined]  # for notebooks
        assert "&lt;b&gt;" in text
        assert "float64[20]" in text
        assert "<details open" in text


class Balance(HTMLParser):
    """Checks that tags are closed in order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        del attrs
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


class TestSummary:
    @given(trees())
    def test_counts(self, tree: Any) -> None:
        """There is one row per leaf, and the totals are the sums."""
        table = summary(tree_map(np.asarray, tree))
        assert len(table.rows) == tree_structure(tree).num_leaves
        assert table.count == sum(row.count for row in table.rows)

    def test_values(self) -> None:
        """On request the table has minimum, mean and maximum."""
        table = summary({"w": np.array([1.0, 2.0, 6.0]), "s": "text"}, values=True)
        lines = str(table).splitlines()
        assert lines[0].split()[-3:] == ["min", "mean", "max"]
        assert lines[2].split()[-3:] == ["1", "3", "6"]
        assert table.rows[0].values is None

    def test_html(self) -> None:
        """A notebook shows a table."""
        assert summary({"<w>": 1.0})._repr_html_().count("<tr>") == 3

    def test_rich(self) -> None:
        """Rich prints a table with totals, and names without markup."""
        console = pytest.importorskip("rich.console").Console(width=80, no_color=True)
        with console.capture() as capture:
            console.print(summary({"[/]": Line(np.zeros((2, 3)), 1.0)}))
        text = capture.get()
        assert "'[/]'.w" in text
        assert "(2, 3)" in text
        assert "total" in text


class TestCheck:
    def test_converts_and_validates(self) -> None:
        """Converters run first, then validators; nothing else changes."""

        @model
        class Scale:
            factor: float = attrs.field(
                converter=attrs.Converter(lambda x, _: float(x), takes_self=True),
                validator=attrs.validators.gt(0.0),
            )
            count: Static[int] = attrs.field(default=1, converter=int)

        tree = {"a": [Scale(1.0)], "b": None}
        changed = at(tree, lambda m: m["a"][0].factor).set("2")  # type: ignore[index]  # a dict of mixed values
        assert tree_equal(check(changed), {"a": [Scale(2.0)], "b": None})
        for value, kind, words in (
            (-1.0, ValueError, r"at a\.0\.factor: 'factor' must be > 0"),
            ("x", ValueError, r"at a\.0\.factor: could not convert"),
            (None, TypeError, r"at a\.0\.factor: float\(\) argument"),
        ):
            wrong = at(tree, lambda m: m["a"][0].factor).set(value)  # type: ignore[index]  # as above
            with pytest.raises(kind, match=words):
                check(wrong)

    def test_words_of_other_errors(self) -> None:
        """The message of a validator is kept, whatever it raises."""

        @model
        class File:
            name: Any = attrs.field(converter=lambda name: name and open(name))  # noqa: PTH123, SIM115 - that is the test

        with pytest.raises(ValueError, match=r"at 0\.name: .*No such file.*'/none'"):
            check(at([File(None)], lambda m: m[0].name).set("/none"))

    @given(trees())
    def test_changes_nothing(self, tree: Any) -> None:
        """A tree without converters is unchanged."""
        assert tree_equal(check(tree), tree)
