"""Undo and redo."""

import numpy as np
import pytest

from miniml._playground.core import messages as m
from miniml._playground.core.creation import session_from_config
from miniml._playground.core.session import Session
from miniml._playground.core.session_config import SessionConfig
from miniml._playground.core.undo_stack import UndoStack
from miniml.tree import tree_equal


@pytest.fixture
def session() -> Session:
    return session_from_config()


def losses(session: Session) -> list[float]:
    return [moment.loss for moment in session.history.since(0)]


class TestUndoStack:
    def test_undo_and_redo_everything(self, session: Session) -> None:
        """Undo reverts every change, and redo restores it."""
        undo_stack = UndoStack(session)
        changes: list[m.Change] = [
            m.Set("b", 0, 0.5),
            m.Load(data="xor"),
            m.Build(model="split"),
            m.Add(0.5, 0.5, 1),
            m.Step(3),
        ]
        seen = [undo_stack.present]
        for change in changes:
            undo_stack = undo_stack.apply(change)
            seen.append(undo_stack.present)
        for before in reversed(seen[:-1]):
            undo_stack = undo_stack.apply(m.Undo())
            assert tree_equal(undo_stack.present.params, before.params)
            assert undo_stack.present.points is before.points
        for after in seen[1:]:
            undo_stack = undo_stack.apply(m.Redo())
            assert tree_equal(undo_stack.present.params, after.params)

    def test_undoing_leaves_the_view(self) -> None:
        """Undo keeps the view."""
        undo_stack = UndoStack(session_from_config(SessionConfig(data="breast-cancer"))).apply(
            m.Step(1)
        )
        undo_stack = undo_stack.apply(m.Look(axes=(3, 4))).apply(m.Undo())
        assert undo_stack.present.view.axes == (3, 4)
        assert undo_stack.present.plane.labels == tuple(
            undo_stack.present.points.features[at] for at in (3, 4)
        )

    def test_a_drag_is_one_step_back(self, session: Session) -> None:
        """A drag of a knob is undone at once."""
        undo_stack = UndoStack(session)
        for value in np.linspace(0, 1, 9):
            undo_stack = undo_stack.apply(m.Set("b", 0, float(value)))
        assert tree_equal(undo_stack.apply(m.Undo()).present.params, session.params)
