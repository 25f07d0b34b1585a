"""Saving and loading trees."""

import dataclasses
import errno
import functools
import json
import os
import sys
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest

import miniml as ml
from miniml import Array, Static
from miniml.checkpoint import body, describe, header

safetensors_numpy = pytest.importorskip("safetensors.numpy")


@ml.model
class Layer:
    w: Array
    b: Array | float


@ml.model
class Net:
    layers: tuple[Layer, ...]
    activation: Static[Any] = np.tanh
    label: Static[str] = "net"


@dataclasses.dataclass(frozen=True)
class Act:
    f: Any
    scale: Any


class Choice(NamedTuple):
    f: Any
    n: int


class Pair(NamedTuple):
    left: Any
    right: Any


ENDLESS: dict[str, Any] = {}
ENDLESS["again"] = ENDLESS
NET = Net((Layer(np.ones((2, 3)), np.zeros(3)), Layer(np.full(3, 2.0), 0.5)))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "net.safetensors"


@pytest.mark.parametrize(
    "tree",
    [NET, 1.5, {"a": [1, (2.0, None)]}, Pair(np.ones(2), {3: True}), (), None, [], {"x": NET}],
)
def test_any_tree_comes_back(tree: Any, path: Path) -> None:
    """A loaded tree has the structure and the bits of the saved tree."""
    ml.save(path, tree)
    assert ml.tree_equal(ml.load(path, tree), tree)


def test_without_a_template_names_give_arrays(path: Path) -> None:
    """A file is readable without the classes that made it."""
    ml.save(path, NET)
    arrays = ml.load(path)
    assert list(arrays) == ["layers.0.b", "layers.0.w", "layers.1.b", "layers.1.w"]
    np.testing.assert_array_equal(arrays["layers.0.w"], np.ones((2, 3)))


def test_other_tools_open_the_file(path: Path) -> None:
    """The safetensors library finds the arrays and the metadata that other tools require."""
    ml.save(path, NET)
    arrays = safetensors_numpy.load_file(path)
    np.testing.assert_array_equal(arrays["layers.1.w"], NET.layers[1].w)
    with safetensors_numpy.safe_open(path, framework="np") as file:
        assert file.metadata()["format"] == "pt"


@pytest.mark.parametrize("block", [1, 100, 8 << 20])
def test_many_leaves_come_back_however_they_are_read(
    block: int, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neighbours in the file are read together, each into its leaf."""
    tree = {
        name: [np.full(n % 7, n, dtype) for n in range(50) for dtype in ("f8", "i4", "?", "c16")]
        for name in "abc"
    }
    ml.save(path, tree)
    monkeypatch.setattr(body, "_BLOCK", block)
    assert ml.tree_equal(ml.load(path, tree), tree)
    assert ml.tree_equal(ml.load(path, tree["b"], part="b"), tree["b"])


def test_every_difference_is_listed_at_once(path: Path) -> None:
    """One error lists every missing, extra or differing leaf, class and static value."""
    scalar, matrix, vector = (
        "shape () and dtype {}".format,
        "shape (2, {}) and dtype float64".format,
        "shape (3,) and dtype {}".format,
    )
    ml.save(path, {"net": NET, "count": 3, "old": 1.0})
    wanted = {
        "net": Net(
            (Layer(np.ones((2, 4)), np.zeros(3, np.float32)), Layer(np.full(3, 2.0), 0.5)),
            np.sin,
        ),
        "count": 3.0,
        "new": np.zeros(()),
    }
    with pytest.raises(ml.CheckpointError) as raised:
        ml.load(path, wanted)
    listed = str(raised.value).splitlines()[1:-1]
    assert [line.split("differing: ")[-1].strip() for line in listed] == [
        "missing: new",
        "extra: old",
        f"count has {scalar('int64')} in the file and {scalar('float64')} in the template",
        f"net.layers.0.w has {matrix(3)} in the file and {matrix(4)} in the template",
        f"net.layers.0.b has {vector('float64')} in the file and {vector('float32')} in the template",
        "the static field net.activation is numpy.tanh in the file and numpy.sin in the template",
    ]


def test_a_node_that_the_template_fits_is_named(path: Path) -> None:
    """If a node of the file matches the template, the error names it for `part`."""
    ml.save(path, {"run": {"net": NET, "mean": NET}, "step": 3})
    with pytest.raises(ml.CheckpointError, match=r"below 'run\.mean', 'run\.net': .* part='run\.m"):
        ml.load(path, NET)
    assert ml.tree_equal(ml.load(path, NET, part="run.mean"), NET)


def test_a_larger_template_needs_replace_leaves(path: Path) -> None:
    """If only leaves are missing, the error names `replace_leaves`."""
    ml.save(path, {"w": np.ones(2)})
    template = {"w": np.zeros(2), "scale": 2.0}
    with pytest.raises(ml.CheckpointError, match=r"replace_leaves\(template, load\(path\)\)"):
        ml.load(path, template)
    grown = ml.replace_leaves(template, ml.load(path))
    assert ml.tree_equal(grown, {"w": np.ones(2), "scale": 2.0})


def test_another_class_with_the_same_leaves_is_refused(path: Path) -> None:
    """A file of another class is refused, even if its leaves match."""
    ml.save(path, [Layer(np.ones(2), 0.0)])
    with pytest.raises(ml.CheckpointError, match="0 is a Layer in the file and a dict in the temp"):
        ml.load(path, [{"w": np.ones(2), "b": 0.0}])


@pytest.mark.parametrize(
    ("static", "other", "words"),
    [
        (
            functools.partial(np.clip, a_min=0.0),
            functools.partial(np.clip, a_min=1.0),
            r"a_min=0.0\)",
        ),
        (Act(np.tanh, 1.0), Act(np.tanh, 2.0), r"Act\(f=numpy.tanh, scale=1.0\)"),
        (Choice(functools.lru_cache, 1), Choice(functools.lru_cache, 2), r"lru_cache, n=1\)"),
        (Act(np.tanh, frozenset("ab")), Act(np.sin, frozenset("ab")), r"=frozenset\('a', 'b'\)\)"),
    ],
)
def test_statics_of_parts_are_compared(static: Any, other: Any, words: str, path: Path) -> None:
    """Parts of partial functions and records are compared, functions by name."""
    ml.save(path, Net((), static))
    assert ml.load(path, Net((), static)).activation is static
    with pytest.raises(ml.CheckpointError, match=f"the static field activation is .*{words} in"):
        ml.load(path, Net((), other))


@pytest.mark.parametrize("nothing", [None, (), [None]])
def test_parts_without_leaves_are_compared(path: Path, nothing: object) -> None:
    """A missing layer without leaves is listed; None and empty containers are not."""
    line, tanh = Layer(np.ones(2), 0.0), ml.Lambda(np.tanh)
    ml.save(path, {"net": [line, tanh]})
    with pytest.raises(ml.CheckpointError, match=r"extra: net\.1, a Lambda"):
        ml.load(path, {"net": [line]})
    ml.save(path, {"net": [line], "spare": nothing})
    with pytest.raises(ml.CheckpointError, match=r"missing: net\.1, a Lambda"):
        ml.load(path, {"net": [line, tanh], "spare": nothing})
    ml.load(path, {"net": [line], "other": nothing})


def test_a_template_of_shapes_is_enough(path: Path) -> None:
    """A template may hold any objects with a shape and a dtype."""

    class Spec:
        shape = (2,)
        dtype = np.float64

    ml.save(path, {"w": np.ones(2)})
    np.testing.assert_array_equal(ml.load(path, {"w": Spec()})["w"], np.ones(2))


@ml.model
class Affine:
    weight: Array
    b: Array | float


def test_rename_follows_moved_fields_and_renamed_classes(path: Path) -> None:
    """Leaves, nodes and classes are found under their old names."""
    ml.save(path, {"body": NET.layers[0], "head": NET.layers[1]})
    template = {"net": {"body": Affine(np.zeros((2, 3)), np.zeros(3))}, "head": NET.layers[1]}
    rename = {"body": "net.body", "body.w": "net.body.weight"}
    with pytest.raises(ml.CheckpointError, match=r"net\.body is a Layer in the file and a Affine"):
        ml.load(path, template, rename=rename)
    ml.save(path, {"body": NET.layers[0]})
    del template["head"]
    with_class = ml.load(path, template, rename={**rename, "Layer": "Affine"})
    np.testing.assert_array_equal(with_class["net"]["body"].weight, np.ones((2, 3)))  # type: ignore[index]  # a dict of unlike values


@pytest.mark.parametrize(
    ("rename", "message"),
    [
        ({"wieght": "w"}, "rename has 'wieght', .* has no such .*leaves are b, w, its classes Lay"),
        ({"w": "b"}, "'b' and 'w' would both be named 'b'|'w' and 'b' would both be named 'b'"),
    ],
)
def test_an_impossible_rename_is_refused(rename: dict[str, str], message: str, path: Path) -> None:
    """A rename of a missing name, or to an existing one, is refused."""
    ml.save(path, Layer(np.ones(2), 0.0))
    with pytest.raises(ml.CheckpointError, match=message):
        ml.load(path, Layer(np.ones(2), 0.0), rename=rename)


def test_a_renamed_class_is_named_in_the_error(path: Path) -> None:
    """If the template has the old class, the error names the class by `rename`."""
    ml.save(path, [Layer(np.ones(2), 0.5)])
    with pytest.raises(
        ml.CheckpointError, match=r"is a Layer in the file \(Net by `rename`\) and a"
    ):
        ml.load(path, [Layer(np.ones(2), 0.5)], rename={"Layer": "Net"})


def test_a_part_can_be_loaded(path: Path) -> None:
    """One node of a larger tree is loaded as a tree."""
    ml.save(path, {"state": {"params": NET, "step": 3}})
    assert ml.tree_equal(ml.load(path, NET, part="state.params"), NET)
    assert ml.load(path, 0, part="state.step") == 3


def test_a_part_can_be_renamed(path: Path) -> None:
    """With `part`, the names of `rename` are relative to the part."""
    ml.save(path, {"params": NET.layers[0], "step": 3})
    template = Affine(np.zeros((2, 3)), np.zeros(3))
    affine = ml.load(path, template, part="params", rename={"w": "weight", "Layer": "Affine"})
    np.testing.assert_array_equal(affine.weight, NET.layers[0].w)


def test_notes_and_versions_are_kept(path: Path) -> None:
    """Notes and the versions of the libraries are stored with the tree."""
    notes = {"seed": 3, "rates": [0.1, 0.2], "name": None}
    ml.save(path, NET, notes=notes)
    description = describe(path)
    assert description.notes == notes
    assert description.versions["numpy"] == np.__version__
    assert description.leaves["layers.0.w"] == ((2, 3), np.dtype("float64"))


def test_nothing_is_pickled(path: Path) -> None:
    """The metadata are plain JSON."""
    ml.save(path, NET)
    with safetensors_numpy.safe_open(path, framework="np") as file:
        contents = json.loads(file.metadata()["miniml"])
    assert contents["outline"][""] == ["Net", {"activation": "numpy.tanh", "label": "'net'"}]


def test_the_same_tree_gives_the_same_bytes(path: Path) -> None:
    """Saving is a pure function of the tree and the notes."""
    contents: set[bytes] = set()
    for _ in range(8):
        ml.save(path, {"ä\n\x7f": NET}, notes={"é": "\x01"})
        contents.add(path.read_bytes())
    assert len(contents) == 1
    assert ml.tree_equal(ml.load(path, {"ä\n\x7f": NET}), {"ä\n\x7f": NET})


def test_a_newer_layout_is_refused(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file of a later format version is refused."""
    monkeypatch.setattr(header, "VERSION", 99)
    ml.save(path, NET)
    monkeypatch.undo()
    with pytest.raises(ml.CheckpointError, match=r"version 99, .* update miniml"):
        ml.load(path)


def test_swapped_arguments_are_refused(path: Path) -> None:
    """Arguments in the order of torch.save are refused; the message names the order."""
    swapped: Any = NET
    with pytest.raises(
        TypeError, match=r"path is of type Net: .* the order of the arguments is path, tree"
    ):
        ml.save(swapped, path)


def test_a_missing_file_is_said_so(path: Path) -> None:
    """Missing files and folders raise the usual OSError, not CheckpointError."""
    with pytest.raises(FileNotFoundError, match=r"net\.safetensors"):
        ml.load(path)
    with pytest.raises(IsADirectoryError):
        ml.load(path.parent)
    with pytest.raises(FileNotFoundError, match=r"/none/net\.safetensors'$"):
        ml.save(path.parent / "none" / path.name, NET)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="Windows has no such files")
def test_a_folder_or_a_device_is_not_replaced(path: Path) -> None:
    """A folder or a device is refused, and remains."""
    path.mkdir()
    fifo = path.with_name("fifo")
    os.mkfifo(fifo)
    for place in (path, fifo):
        with pytest.raises(FileExistsError, match="Not a regular file"):
            ml.save(place, NET)
    assert sorted(path.parent.iterdir()) == [fifo, path]
    assert fifo.is_fifo()


@pytest.mark.parametrize("tree", [{"a": {1, 2}}, {1, 2}])
def test_a_leaf_that_is_not_a_number_is_refused(tree: Any, path: Path) -> None:
    """The error names the leaf, or the root."""
    where = "the leaf 'a'" if isinstance(tree, dict) else "the root"
    with pytest.raises(ml.CheckpointError, match=f"^{where} is .* of type set, but a file holds"):
        ml.save(path, tree)
    ml.save(path, {"a": 1})
    with pytest.raises(ml.CheckpointError, match=f"^{where} is .* of type set, but a file holds"):
        ml.load(path, tree)


@pytest.mark.parametrize(
    ("notes", "message"),
    [
        ({"a": {1}}, "JSON cannot represent the notes: .*set"),
        (ENDLESS, "JSON cannot represent the notes: Circular"),
        ([1], "'list' object is not a map"),
    ],
)
def test_notes_that_json_cannot_represent_are_refused(notes: Any, message: str, path: Path) -> None:
    """Notes that JSON cannot represent are refused before anything is written."""
    with pytest.raises(TypeError, match=message):
        ml.save(path, NET, notes=notes)
    assert not path.exists()


def test_none_is_a_template_like_any_other(path: Path) -> None:
    """The template None matches only a file without leaves."""
    ml.save(path, 1.5)
    with pytest.raises(ml.CheckpointError, match="extra: the root"):
        ml.load(path, None)


def test_rename_and_part_need_a_template(path: Path) -> None:
    """`rename` and `part` are refused without a template."""
    ml.save(path, NET)
    for arguments in ({"rename": {"a": "b"}}, {"part": "layers"}):
        with pytest.raises(TypeError, match="need a template"):
            ml.load(path, **arguments)


def test_a_class_is_not_a_template(path: Path) -> None:
    """A class in place of a model is refused; the message names it."""
    ml.save(path, NET)
    with pytest.raises(TypeError, match="the class MLP: it must be an instance"):
        ml.load(path, ml.MLP)


def test_a_part_that_is_not_there_is_said_so(path: Path) -> None:
    """The error lists the leaves of the file."""
    ml.save(path, {"state": 1.0})
    with pytest.raises(ml.CheckpointError, match="no leaf at or below 'stat'; its leaves are st"):
        ml.load(path, 1.0, part="stat")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limits")
def test_a_full_disk_is_an_os_error(path: Path) -> None:
    """A failed write raises the usual OSError; the old file remains."""
    import resource

    ml.save(path, NET)
    old = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, old[1]))
    try:
        with pytest.raises(OSError, match=r"File too large: '.*net\.safetensors'") as raised:
            ml.save(path, np.ones(10_000))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, old)
    assert raised.value.errno == errno.EFBIG
    assert ml.tree_equal(ml.load(path, NET), NET)
    assert [file.name for file in path.parent.iterdir()] == [path.name]
