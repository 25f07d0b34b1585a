"""The picture in docs/architecture.md, drawn from the imports.

`python -m tools.picture` writes docs/images/architecture.svg: each room stands above all rooms
that it imports. An arrow that follows from others is left out.
"""

import itertools
import sys
import textwrap
from collections.abc import Mapping, Sequence
from graphlib import TopologicalSorter
from html import escape
from typing import TypeAlias

import attrs
from tools.imports import ROOT, Arrows, House, house, without_implied

PICTURE = ROOT / "docs" / "images" / "architecture.svg"
PACKAGES = ("miniml", "miniml.program", "miniml._playground")
LEGEND = (
    "An arrow means: imports. Arrows point down only.",
    "An arrow that follows from others is left out.",
    "Blue rooms are opened on the right.",
)

WIDTH, HEIGHT = 176, 74  # of a room
PASSAGE = 18  # the width kept free for an arrow that passes a floor
GAP, RISE = 16, 40  # between rooms on a floor, and between floors
MARGIN, TITLE = 24, 56
COLUMN = 28  # characters of small text that fit into a room

Stop: TypeAlias = tuple[str, str, int]
"""A place on a floor: `(room, "", floor)`, or where the arrow `(from, to)` passes the floor."""

STYLE = """\
text { font: 600 13px system-ui, sans-serif; fill: #1b2733; text-anchor: middle }
text.small { font: 10.5px system-ui, sans-serif; fill: #4a5a6a }
text.legend { font: 12px system-ui, sans-serif; text-anchor: start }
text.title { font: 600 17px system-ui, sans-serif; text-anchor: start }
rect.page { fill: #ffffff }
rect.panel { fill: #f6f8fa; stroke: #d5dce3 }
rect.room { fill: #ffffff; stroke: #7f93a8 }
rect.open { fill: #e7f0fb; stroke: #3b73b9 }
path { fill: none; stroke: #7f93a8; stroke-width: 1.3; marker-end: url(#head) }
"""


@attrs.frozen
class Plan:
    """Where everything in one panel stands.

    Attributes:
        floors: The stops on each floor, the lowest first, from left to right.
        middles: The middle of each stop.
        arrows: For each arrow its stops, from the room above to the room below.
    """

    floors: Sequence[Sequence[Stop]]
    middles: Mapping[Stop, float]
    arrows: Sequence[Sequence[Stop]]

    @property
    def width(self) -> float:
        """The width that the stops take."""
        return max(x + width_of(stop) / 2 for stop, x in self.middles.items())

    @property
    def height(self) -> float:
        """The height of all floors."""
        return len(self.floors) * (HEIGHT + RISE) - RISE


def plan(arrows: Arrows) -> Plan:
    """Arrange rooms on floors: each as low as what it imports allows.

    Args:
        arrows: The rooms that each room imports, without a circle.
    """
    floor_of: dict[str, int] = {}
    for name in TopologicalSorter(arrows).static_order():
        floor_of[name] = 1 + max((floor_of[below] for below in arrows[name]), default=-1)
    drawn = without_implied(arrows)
    routes = [
        _route(name, below, floor_of) for name in sorted(drawn) for below in sorted(drawn[name])
    ]
    rooms: set[Stop] = {(name, "", floor) for name, floor in floor_of.items()}
    stops = sorted(rooms.union(*routes))
    floors = [[stop for stop in stops if stop[2] == k] for k in range(max(floor_of.values()) + 1)]
    neighbours: dict[Stop, list[Stop]] = {stop: [] for stop in stops}
    for route in routes:
        for above, below in itertools.pairwise(route):
            neighbours[above].append(below)
            neighbours[below].append(above)
    return Plan(floors, _settled(floors, neighbours), routes)


def _route(name: str, below: str, floor_of: Mapping[str, int]) -> list[Stop]:
    start, end = floor_of[name], floor_of[below]
    passed: list[Stop] = [(name, below, floor) for floor in range(start - 1, end, -1)]
    return [(name, "", start), *passed, (below, "", end)]


def _settled(
    floors: Sequence[list[Stop]], neighbours: Mapping[Stop, Sequence[Stop]]
) -> dict[Stop, float]:
    """Order each floor, and place its stops, by the middles of what they are joined to."""
    middles: dict[Stop, float] = {}
    for floor in floors:
        middles.update(_spread(floor, dict.fromkeys(floor, 0.0)))
    for sweep in range(60):
        for floor in floors if sweep % 2 else reversed(floors):
            wished = {
                stop: _mean([middles[other] for other in neighbours[stop]], middles[stop])
                for stop in floor
            }
            if sweep < 40:
                floor.sort(key=lambda stop: wished[stop])  # used at once
            middles.update(_spread(floor, wished))
    left = min(x - width_of(stop) / 2 for stop, x in middles.items())
    return {stop: x - left for stop, x in middles.items()}


def _mean(values: Sequence[float], default: float) -> float:
    return sum(values) / len(values) if values else default


def width_of(stop: Stop) -> float:
    """The width of a room, or of a passage."""
    return PASSAGE if stop[1] else WIDTH


def _spread(floor: Sequence[Stop], wished: Mapping[Stop, float]) -> dict[Stop, float]:
    """Place stops in order, without overlaps, as near as can be to where they would be.

    Stops that would overlap are joined to a block, which stands at the mean of their wishes.
    """
    blocks: list[list[tuple[Stop, float]]] = []  # with each stop's distance from its block's start
    for stop in floor:
        block = [(stop, 0.0)]
        while blocks and _start(blocks[-1], wished) + _extent(blocks[-1]) > _start(block, wished):
            before = blocks.pop()
            shift = _extent(before)
            block = [*before, *[(other, shift + offset) for other, offset in block]]
        blocks.append(block)
    return {
        stop: _start(block, wished) + offset + width_of(stop) / 2
        for block in blocks
        for stop, offset in block
    }


def _extent(block: Sequence[tuple[Stop, float]]) -> float:
    last, offset = block[-1]
    return offset + width_of(last) + GAP


def _start(block: Sequence[tuple[Stop, float]], wished: Mapping[Stop, float]) -> float:
    return _mean([wished[stop] - offset - width_of(stop) / 2 for stop, offset in block], 0.0)


def svg() -> str:
    """Draw the picture: the whole package, and the packages in it that have floors."""
    houses = [house(package) for package in PACKAGES]
    plans = [plan(house.arrows) for house in houses]
    whole, *inner = plans
    right = whole.width + 4 * MARGIN
    body = _panel(houses[0], whole, MARGIN, MARGIN)
    height = 3 * MARGIN + TITLE + whole.height
    for line in LEGEND:
        body.append(f'<text class="legend" x="{2 * MARGIN}" y="{height:.0f}">{line}</text>')
        height += 20
    top = float(MARGIN)
    for part, arranged in zip(houses[1:], inner, strict=True):
        body += _panel(part, arranged, right, top)
        top += TITLE + arranged.height + 2 * MARGIN
    width = right + max(arranged.width for arranged in inner) + 3 * MARGIN
    height = max(height, top)
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" '
        f'width="{width:.0f}" height="{height:.0f}">'
    )
    marker = (
        '<marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" '
        'orient="auto"><path d="M0 0 L8 4 L0 8 z" style="fill: #7f93a8; stroke: none"/></marker>'
    )
    lines = [
        head,
        f"<style>{STYLE}</style>",
        f"<defs>{marker}</defs>",
        '<rect class="page" width="100%" height="100%"/>',
        *body,
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _panel(house: House, plan: Plan, left: float, top: float) -> list[str]:
    width, height = plan.width + 2 * MARGIN, plan.height + TITLE + MARGIN
    lines = [
        _rect("panel", left, top, width, height),
        f'<text class="title" x="{left + MARGIN:.0f}" y="{top + 32:.0f}">{house.name}</text>',
    ]
    x0, y0 = left + MARGIN, top + TITLE
    for route in plan.arrows:
        points = [(x0 + plan.middles[stop], y0 + _top(plan, stop)) for stop in route]
        lines.append(f'<path d="{_curve(points)}"/>')
    for stop in (stop for floor in plan.floors for stop in floor if not stop[1]):
        x, y = x0 + plan.middles[stop], y0 + _top(plan, stop)
        lines += _room(house, stop[0], x, y)
    return lines


def _top(plan: Plan, stop: Stop) -> float:
    return (len(plan.floors) - 1 - stop[2]) * (HEIGHT + RISE)


def _curve(points: Sequence[tuple[float, float]]) -> str:
    """A line from the lower edge of a room, straight past floors, to the upper edge of another."""
    (x, y), *passed, (end_x, end_y) = points
    y += HEIGHT
    path = f"M{x:.0f} {y:.0f}"
    for next_x, next_y in [*passed, (end_x, end_y)]:
        half = (next_y - y) / 2
        path += (
            f" C{x:.0f} {y + half:.0f} {next_x:.0f} {next_y - half:.0f} {next_x:.0f} {next_y:.0f}"
        )
        x, y = next_x, next_y
        if (next_x, next_y) != (end_x, end_y):
            y += HEIGHT
            path += f" L{x:.0f} {y:.0f}"
    return path


def _room(house: House, name: str, x: float, y: float) -> list[str]:
    kind = "room open" if f"{house.name}.{name}" in PACKAGES else "room"
    text = textwrap.wrap(
        house.rooms[name].replace("`", ""), COLUMN, max_lines=4, placeholder=" ..."
    )
    return [
        _rect(kind, x - WIDTH / 2, y, WIDTH, HEIGHT),
        f'<text x="{x:.0f}" y="{y + 17:.0f}">{name}</text>',
        *[
            f'<text class="small" x="{x:.0f}" y="{y + 31 + 12 * i:.0f}">{escape(line)}</text>'
            for i, line in enumerate(text)
        ],
    ]


def _rect(kind: str, x: float, y: float, width: float, height: float) -> str:
    size = f'width="{width:.0f}" height="{height:.0f}"'
    return f'<rect class="{kind}" x="{x:.0f}" y="{y:.0f}" {size} rx="5"/>'


if __name__ == "__main__":
    PICTURE.write_text(svg(), encoding="utf-8", newline="\n")
    sys.stdout.write(f"{PICTURE.relative_to(ROOT)}\n")
