"""Indexing by every kind of index is NumPy's: value, batch, derivative and assignment."""

from hypothesis import given, settings

from tests.program.index_laws import (
    Assignment,
    Case,
    assignments,
    cases,
    check_assigning,
    check_batches,
    check_reading,
)

FEW = settings(max_examples=150)


@FEW
@given(cases())
def test_reading(case: Case) -> None:
    """The elements at an index are NumPy's, and their gradient is the sum of cotangents at each."""
    check_reading(case)


@FEW
@given(cases())
def test_batches(case: Case) -> None:
    """A mapped axis of the array or of the index changes nothing else of the layout."""
    check_batches(case)


@FEW
@given(assignments())
def test_assigning(assignment: Assignment) -> None:
    """An assignment has NumPy's effect, or both refuse it."""
    check_assigning(assignment)
