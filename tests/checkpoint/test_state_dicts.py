"""Flat dicts of parameters and sharded files, as Hugging Face writes them."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given

import miniml as ml
from miniml.checkpoint import describe, header
from miniml.tree import path_name
from miniml.tree.path import plain_names
from tests.strategies import trees

safetensors_numpy = pytest.importorskip("safetensors.numpy")

Q, K = "model.layers.0.self_attn.q_proj.weight", "model.layers.1.self_attn.q_proj.weight"
HEAD = "lm_head.weight"
STATE: dict[str, Any] = {Q: np.ones((2, 3)), K: np.arange(6.0).reshape(2, 3), HEAD: np.ones(3)}
NESTED: dict[str, Any] = {
    "model": {"layers": [{"self_attn": {"q_proj": {"weight": STATE[name]}}} for name in (Q, K)]},
    "lm_head": {"weight": STATE[HEAD]},
}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "model.safetensors"


def zeros(tree: Any) -> Any:
    return ml.tree_map(np.zeros_like, tree)


class TestFlat:
    @pytest.mark.parametrize("saved", [STATE, NESTED], ids=["flat", "nested"])
    @pytest.mark.parametrize("template", [STATE, NESTED], ids=["flat", "nested"])
    def test_other_tools_files(self, saved: Any, template: Any, path: Path) -> None:
        """A flat dict and a nested tree have the same names in a file, whoever wrote it."""
        safetensors_numpy.save_file(STATE, path)
        assert ml.tree_equal(ml.load(path, zeros(template)), template)
        ml.save(path, saved)
        assert set(safetensors_numpy.load_file(path)) == set(STATE)
        assert set(ml.load(path)) == set(STATE)
        assert ml.tree_equal(ml.load(path, zeros(template)), template)
        assert ml.tree_equal(ml.load(path, zeros(template), mmap=True), template)
        assert ml.tree_equal(ml.replace_leaves(zeros(template), ml.load(path)), template)

    def test_part_and_rename(self, path: Path) -> None:
        """Nodes of a flat dict are loaded and renamed by the dots in its names."""
        safetensors_numpy.save_file(STATE, path)
        part = ml.load(path, {"q_proj.weight": np.zeros((2, 3))}, part="model.layers.1.self_attn")
        assert np.array_equal(part["q_proj.weight"], STATE[K])
        renamed = ml.load(
            path,
            {"head.w": np.zeros(3), "body": zeros(NESTED["model"])},
            rename={"model": "body", HEAD: "head.w"},
        )
        assert np.array_equal(renamed["head.w"], STATE[HEAD])

    def test_faults_are_named_without_quotes(self, path: Path) -> None:
        """The error for a flat template has the names of the file."""
        safetensors_numpy.save_file(STATE, path)
        wrong = {**zeros(STATE), HEAD: np.zeros(4), "extra.b": np.zeros(1)}
        with pytest.raises(ml.CheckpointError) as caught:
            ml.load(path, wrong)
        assert "missing: extra.b" in str(caught.value)
        assert f"differing: {HEAD} has shape (3,)" in str(caught.value)

    def test_clashing_names_are_quoted(self, path: Path) -> None:
        """Leaves whose names differ by quotes alone are stored apart."""
        tree = {"a.b": np.ones(1), "a": {"b": np.zeros(1)}, "'a.b'": np.full(1, 2.0)}
        ml.save(path, tree)
        assert ml.tree_equal(ml.load(path, zeros(tree)), tree)
        assert ml.tree_equal(ml.replace_leaves(zeros(tree), ml.load(path)), tree)

    def test_older_files_quote_names(self, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """A file in which text is quoted loads as before."""
        tree = {"a.b": np.ones(1), "c": {"d e": {"w": 2.0}}, "k": (1.0,)}
        with monkeypatch.context() as patch:
            patch.setattr(header, "plain_names", lambda paths: list(map(path_name, paths)))
            ml.save(path, tree)
        assert "'a.b'" in ml.load(path)
        assert ml.tree_equal(ml.load(path, zeros(tree["a.b"]), part="'a.b'"), tree["a.b"])
        template = {"a.b": np.zeros(1), "c": {"d e": {"w": 0.0}}, "k": (0.0,)}
        assert ml.tree_equal(ml.load(path, template), tree)
        assert ml.tree_equal(ml.replace_leaves(template, ml.load(path)), tree)

    @given(trees())
    def test_names_differ(self, tree: Any) -> None:
        """Leaves of different names have different names in a file."""
        structure = ml.tree_structure({"x": tree, "x.0": (tree,), "a.b": 1, "a": {"b": 2}})
        assert len(set(plain_names(structure.paths))) == len(set(structure.names))


class TestReplace:
    @pytest.mark.parametrize(
        ("tree", "blank"),
        [
            (ml.Linear(np.ones(3), 2.0), ml.Linear(np.zeros(3), 0.0)),
            ([np.float32(1.5), np.array(2.5)], [np.float32(0.0), np.array(0.0)]),
            ([3, True, 1.0 + 2.0j], [0, False, 0j]),
            ({"a.b": 1.5, "c": (np.int64(3),)}, {"a.b": 0.0, "c": (np.int64(0),)}),
        ],
        ids=["Linear", "arrays", "numbers", "flat"],
    )
    def test_all_that_was_saved(self, tree: Any, blank: Any, path: Path) -> None:
        """`replace_leaves(net, load(path))` restores the value and the type of each leaf."""
        ml.save(path, tree)
        assert ml.tree_equal(ml.replace_leaves(blank, ml.load(path)), tree)

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            (1.0, np.array(1)),
            (1, np.array(1.0)),
            (True, np.array(1)),
            (1.0, np.array(1j)),
            (1.0, np.longdouble(1)),
            (np.float32(1), np.array(1.0)),
            (np.array(1), 1.0),
            (1.0, np.ones(1)),
        ],
    )
    def test_other_kinds_are_refused(self, old: Any, new: Any) -> None:
        """A number is not replaced by one of another kind, or that is wider."""
        with pytest.raises(ValueError, match=r"at w: expected .* found .* pass strict=False"):
            ml.replace_leaves({"w": old}, {"w": new})

    def test_traced(self) -> None:
        """A traced number may replace a Python float."""
        found = ml.jit(lambda x: ml.replace_leaves({"w": 1.0, "b": 2.0}, {"w": 3.0 * x}))(2.0)
        assert found == {"w": 6.0, "b": 2.0}


@pytest.fixture
def index(tmp_path: Path) -> Path:
    """Two shards and their index, as `save_pretrained` writes them."""
    one, two = "model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"
    safetensors_numpy.save_file({Q: STATE[Q], HEAD: STATE[HEAD]}, tmp_path / one, {"format": "pt"})
    safetensors_numpy.save_file({K: STATE[K]}, tmp_path / two, {"format": "pt"})
    write(tmp_path, {Q: one, K: two, HEAD: one})
    return tmp_path / "model.safetensors.index.json"


def write(folder: Path, weight_map: object) -> Path:
    path = folder / "model.safetensors.index.json"
    path.write_text(json.dumps({"metadata": {"total_size": 120}, "weight_map": weight_map}))
    return path


class TestShards:
    @pytest.mark.parametrize("mmap", [False, True])
    def test_load(self, index: Path, mmap: bool) -> None:  # noqa: FBT001 - a parameter
        """The index loads by name and with a flat or nested template."""
        assert ml.tree_equal(ml.load(index, mmap=mmap), dict(sorted(STATE.items())))
        assert ml.tree_equal(ml.load(index, zeros(STATE), mmap=mmap), STATE)
        assert ml.tree_equal(ml.load(index, zeros(NESTED), mmap=mmap), NESTED)
        head = ml.load(index, np.zeros(3), part=HEAD, mmap=mmap)
        assert np.array_equal(head, STATE[HEAD])

    def test_describe(self, index: Path) -> None:
        """`describe` lists the leaves of all shards, and the metadata of the index."""
        found = describe(index)
        assert set(found.leaves) == set(STATE)
        assert found.notes == {"total_size": 120}

    def test_shards_of_miniml_are_checked(self, tmp_path: Path) -> None:
        """Shards that `save` wrote keep the types of leaves and their checksums."""
        ml.save(tmp_path / "a.safetensors", {"w": np.ones(2), "b": 0.5})
        path = write(tmp_path, {"w": "a.safetensors", "b": "a.safetensors"})
        loaded = ml.load(path, {"w": np.zeros(2), "b": 0.0})
        assert type(loaded["b"]) is float
        raw = bytearray((tmp_path / "a.safetensors").read_bytes())
        raw[-1] ^= 1
        (tmp_path / "a.safetensors").write_bytes(raw)
        with pytest.raises(ml.CheckpointError, match=r"a\.safetensors is damaged"):
            ml.load(path)

    def test_differences_name_the_index(self, index: Path) -> None:
        """A template that does not match is refused, with all differences."""
        with pytest.raises(ml.CheckpointError, match=r"index\.json does not match .*\n.*extra: "):
            ml.load(index, {HEAD: np.zeros(3)})

    @pytest.mark.parametrize(
        ("weight_map", "message"),
        [
            ({Q: "../x.safetensors"}, "must be the name of a .safetensors file in"),
            ({Q: "/etc/passwd"}, "must be the name of a .safetensors file in"),
            ({Q: ".."}, "must be the name of a .safetensors file in"),
            ({Q: "a\0b"}, "must be the name of a .safetensors file in"),
            ({Q: 3}, "must be the name of a .safetensors file in"),
            ([Q], "has no weight_map from leaves to files"),
            (None, "has no weight_map from leaves to files"),
            ({"v": "model-00001-of-00002.safetensors"}, "the leaf 'v' is not in model-00001"),
        ],
    )
    def test_a_wrong_index(self, index: Path, weight_map: object, message: str) -> None:
        """An index of other content is refused; the message says what is wrong."""
        with pytest.raises(ml.CheckpointError, match=message):
            ml.load(write(index.parent, weight_map))

    @pytest.mark.parametrize("text", [b"", b"{", b"\xff", b"[" * 100_000, b"3", b"[]"])
    def test_no_index(self, index: Path, text: bytes) -> None:
        """A file that is not such an index is refused."""
        index.write_bytes(text)
        with pytest.raises(ml.CheckpointError, match=r"index\.json is not an index"):
            ml.load(index)

    def test_missing_files(self, index: Path) -> None:
        """A missing shard is named; a missing file with an index beside it points to the index."""
        with pytest.raises(FileNotFoundError, match=r"load their index model\.safetensors\.index"):
            ml.load(index.parent / "model.safetensors")
        (index.parent / "model-00002-of-00002.safetensors").unlink()
        with pytest.raises(FileNotFoundError, match="model-00002-of-00002"):
            ml.load(index)


def test_another_dtype_is_refused_with_the_conversion(path: Path) -> None:
    """If dtypes alone differ, the message says how to convert them, and that works."""
    template: Any = {"w": np.zeros(2, np.float32)}
    ml.save(path, {"w": np.ones(2, np.float16)})
    with pytest.raises(ml.CheckpointError, match=r"To convert the dtype, .*leaf\.astype\(dtype\)"):
        ml.load(path, template)
    arrays = {name: leaf.astype(np.float32) for name, leaf in ml.load(path).items()}
    assert ml.replace_leaves(template, arrays)["w"].tolist() == [1.0, 1.0]


def test_bfloat16_is_refused_with_the_conversion(path: Path) -> None:
    """For a dtype that NumPy does not have, the message says how to convert the file."""
    entry = json.dumps({"w": {"dtype": "BF16", "shape": [1], "data_offsets": [0, 2]}}).encode()
    path.write_bytes(len(entry).to_bytes(8, "little") + entry + b"\0\0")
    with pytest.raises(ml.CheckpointError, match=r"dtype BF16, which .*tensor\.float\(\)"):
        ml.load(path)
