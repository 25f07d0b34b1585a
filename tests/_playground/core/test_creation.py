"""Sessions of a script's model, data and loss."""

import numpy as np
import pytest

import miniml as ml
from miniml._playground.core.creation import new_session
from miniml._playground.core.messages import Add
from miniml._playground.core.update import update


class TestOwn:
    def test_a_misfit_is_told_at_once(self) -> None:
        """A model with two scores for each point is refused before a page is opened."""
        model = ml.Linear.init(np.random.default_rng(0), 2, 2)
        with pytest.raises(ValueError, match=r"one score for each point, of shape \(100,\)"):
            new_session(model)

    @pytest.mark.parametrize(
        ("data", "says"),
        [
            (ml.Dataset(np.zeros((3, 2)), np.array([0.0, 1.0, 2.0])), "labels -1 and \\+1"),
            (ml.Dataset(np.zeros(3), np.ones(3)), "shape \\(n, d\\)"),
            (ml.Dataset(np.zeros((6000, 2)), np.ones(6000)), "at most 5,000"),
            (ml.Dataset(np.array([[0.0, np.nan]]), np.ones(1)), "x\\[0, 1\\] is nan"),
        ],
    )
    def test_data_that_cannot_be_shown(self, data: ml.Dataset, says: str) -> None:
        """Data that the page cannot show are refused, with the reason."""
        with pytest.raises(ValueError, match=says):
            new_session(None, data)

    def test_a_parameter_that_is_no_number(self) -> None:
        """A model with a string among its parameters is refused by name."""

        @ml.model
        class Named:
            w: ml.Array
            kind: str

            def __call__(self, x: ml.Array) -> ml.Array:
                return x @ self.w

        with pytest.raises(ValueError, match=r"kind is of type str.*Static"):
            new_session(Named(np.ones(2), "line"))

    def test_a_point_lies_where_it_was_put(self) -> None:
        """A point that is added to integer points is not rounded."""
        data = ml.Dataset(np.array([[0, 1], [3, 2]]), np.array([-1, 1]))
        session = update(new_session(None, data), Add(0.5, 1.5, 1))
        assert session.points.x[-1].tolist() == [0.5, 1.5]

    def test_ones_own_loss_is_trained(self) -> None:
        """The page starts with the script's model and loss."""
        model = ml.Linear(np.array([0.5, -0.5]), 0.25)

        def loss(params: ml.Linear, data: ml.Dataset) -> ml.Scalar:
            return np.mean(np.square(params(data.x) - data.y)) + 0.1 * np.sum(params.w**2)

        session = new_session(model, None, loss)
        assert session.params is model
        assert session.moment.loss == pytest.approx(float(loss(model, session.points.train)))
