"""The picture of the architecture, and the page around it."""

import itertools
from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st
from tools.imports import house, without_implied
from tools.picture import GAP, PACKAGES, PICTURE, plan, svg, width_of

Arrows = Mapping[str, frozenset[str]]


@st.composite
def arrows(draw: st.DrawFn) -> Arrows:
    """Arrows between a few rooms, each to rooms before it: no circle."""
    names = "abcdefgh"[: draw(st.integers(1, 8))]
    return {
        name: draw(st.frozensets(st.sampled_from(names[:i]))) if i else frozenset[str]()
        for i, name in enumerate(names)
    }


def reached(arrows: Arrows, start: str) -> set[str]:
    """All rooms below one."""
    return {name for below in arrows[start] for name in {below, *reached(arrows, below)}}


def test_picture_is_up_to_date() -> None:
    """docs/images/architecture.svg is drawn from the imports as they are."""
    assert PICTURE.read_text(encoding="utf-8") == svg(), (
        "the rooms, their docstrings or their imports have changed: draw the picture again with "
        "`python -m tools.picture`, and look at it"
    )


def test_every_package_has_rooms() -> None:
    """Each panel of the picture shows rooms with a purpose."""
    assert all(all(house(package).rooms.values()) for package in PACKAGES)


@given(arrows())
def test_implied_arrows_say_nothing_new(arrows: Arrows) -> None:
    """Without the implied arrows the same rooms are reached, and each arrow left is needed."""
    left = without_implied(arrows)
    for name, below in left.items():
        assert reached(left, name) == reached(arrows, name)
        assert not any(other in reached(left, through) for through in below for other in below)


@given(arrows())
def test_arrows_point_down(arrows: Arrows) -> None:
    """An arrow's stops lie on one floor after the other, from the upper room to the lower."""
    for route in plan(arrows).arrows:
        floors = [floor for *_, floor in route]
        assert floors == [*range(floors[0], floors[-1] - 1, -1)]
        assert len(floors) > 1


@given(arrows())
def test_nothing_overlaps(arrows: Arrows) -> None:
    """Between two stops of a floor there is a gap."""
    arranged = plan(arrows)

    for floor in arranged.floors:
        for left, right in itertools.pairwise(floor):
            apart = arranged.middles[right] - arranged.middles[left]
            assert apart >= (width_of(left) + width_of(right)) / 2 + GAP - 1e-6
