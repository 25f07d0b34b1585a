"""The picture of the architecture, and the page around it."""

import itertools
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tools.imports import ROOT, house, without_implied
from tools.pages import broken_links, exists, missing_names
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


PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    """Each relative link leads to a file, and its anchor to a heading in it."""
    assert [*broken_links(page)] == []


def test_floors_are_those_of_import_linter() -> None:
    """The page lists the floors that `lint-imports` checks, and those of `program` in its line."""
    config = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    contracts = config["tool"]["importlinter"]["contracts"]
    layers = {c["containers"][0]: c["layers"] for c in contracts if c["type"] == "layers"}
    inner = f"program: {', '.join(layers['miniml.program'])}"
    floors = [inner if floor == "program" else floor for floor in layers["miniml"]]
    assert "\n".join(["```", *floors, "```"]) in (ROOT / "docs/architecture.md").read_text("utf-8")


@pytest.mark.parametrize("page", ["architecture.md", "glossary.md"])
def test_named_code_exists(page: str) -> None:
    """Each file and each name in the pages on the code exists, the name in a file named with it."""
    assert [*missing_names(ROOT / "docs" / page)] == []


def test_missing_names_are_found(tmp_path: Path) -> None:
    """A wrong file, a name from another file and a wrong link are found."""
    page = tmp_path / "page.md"
    page.write_text(
        "`tree/nodes.py`\n\n- `Tracer` in `tree/node.py`, `np.sinn`\n\n[a](b.md) [c](#d)\n",
        encoding="utf-8",
    )
    found = [name.partition(":")[0] for name in missing_names(page)]
    assert found == ["tree/nodes.py", "Tracer", "np.sinn"]
    assert [*broken_links(page)] == ["b.md", "#d"]


def test_renames_of_the_changelog() -> None:
    """In its tables old names of `ml` are gone, and the new ones are there."""
    rows = re.findall(r"^\|(.+)\|(.+)\|$", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    spans = re.compile(r"`(ml\.[\w.]+)`")
    old = {name for left, right in rows for name in spans.findall(left) if name not in right}
    new = {name for _, right in rows for name in spans.findall(right)}
    assert old
    assert new
    assert [name for name in old if exists(name)] == []
    assert [name for name in new if not exists(name)] == []


RETIRED = {
    r"stand-?_?ins?": "tracer",
    r"lone numbers?": "scalar",
    r"Staged": "JitFunction",
    r"example_rules|batch_axes": "Axes",
    r"loop_pruning|loop_dividing": "dead_code, hoist",
    r"pull_tree|push_tree": "vjp_tree, jvp_tree",
    r"lent|pulled": "borrowed, leaf_gradients",
    r"clip_by_norm|decay_weights": "clip_by_global_norm, add_decayed_weights",
    r"rate_at|LinearRate": "value_at, LinearSchedule",
    r"desk|shelf": "UndoStack, SessionStore",
    r"(?<![Tt]here )is no (array|float|number|optimiser|model|parameter|label|table|name|pair)": "is not a",
    r"\w+ is told|tells? apart": "is reported, distinguishes",
}
"""Words that are gone, as patterns of whole words, and the words in their place: see the glossary."""


@pytest.mark.parametrize("word", RETIRED)
def test_retired_words_are_gone(word: str) -> None:
    """Neither the code nor the documentation uses a word that another one has replaced."""
    places = [*(ROOT / "src").rglob("*.py"), *(ROOT / "docs").glob("*.md"), ROOT / "README.md"]
    found = [
        f"{place.relative_to(ROOT)}:{number}: {line.strip()}"
        for place in places
        for number, line in enumerate(place.read_text(encoding="utf-8").splitlines(), start=1)
        if re.search(rf"\b({word})\b", line)
    ]
    assert not found, "\n".join([f"write {RETIRED[word]} here:", *found])
