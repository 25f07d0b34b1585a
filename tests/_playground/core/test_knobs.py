"""The parameters as knobs."""

import numpy as np
import pytest

import miniml as ml
from miniml._playground.core.knobs import LIMIT, schema, turn, values


class TestKnobs:
    def test_a_turn_is_seen_at_its_offset(self) -> None:
        """Turning a scalar changes one value, at the offset of the schema."""
        model = ml.MLP.init(np.random.default_rng(0), 2, (3,))
        for leaf in schema(model):
            assert leaf.offset is not None
            index = int(np.prod(leaf.shape)) - 1
            changed = values(turn(model, leaf.name, index, 9.0)) != values(model)
            assert np.flatnonzero(changed).tolist() == [leaf.offset + index]

    def test_dtypes_stay(self) -> None:
        """A turned leaf keeps its dtype, or its Python type."""
        model = ml.Linear(np.ones(2, np.float32), 0.5)
        turned = turn(turn(model, "w", 0, 0.1), "b", 0, 2.0)
        assert isinstance(turned, ml.Linear)
        assert turned.w.dtype == np.float32
        assert type(turned.b) is float

    @pytest.mark.parametrize("old", [2, np.float32(2.0), np.array([2, 5]), np.float64(2.0)])
    def test_every_kind_of_number_turns(self, old: object) -> None:
        """An integer is rounded, and any number keeps its type."""
        new = turn({"k": old}, "k", 0, 2.75)  # type: ignore[arg-type]  # a bare tree
        found = new["k"]  # type: ignore[index]  # the same
        assert type(found) is type(old)
        assert np.asarray(found).dtype == np.asarray(old).dtype
        wanted = 2.75 if np.asarray(old).dtype.kind == "f" else 3
        assert np.asarray(found).reshape(-1)[0] == wanted

    def test_a_large_leaf_has_no_knobs(self) -> None:
        """Leaves beyond the limit are listed, without knobs, and none after them has any."""
        model = ml.MLP.init(np.random.default_rng(0), 2, (128, 128))
        offsets = [leaf.offset for leaf in schema(model)]
        assert offsets == [0, 256, None, None, None, None]
        assert len(values(model)) == 384 < LIMIT
