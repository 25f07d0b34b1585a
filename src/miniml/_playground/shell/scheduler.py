"""How many steps and how fine a picture fit into the next frame, by what the last ones cost."""

from typing import Final

from miniml._playground.view.arrays import Quality
from miniml._playground.view.landscape import STEPS

RESOLUTIONS: Final = (20, 40, 70, 100)
"""The resolutions of the heatmap, coarse to fine."""

SURFACES: Final = (5, 11, 21)
"""The resolutions of the loss surface, coarse to fine."""

BUDGET: Final = 0.015
"""The seconds of a frame while something changes."""

SURFACE_BUDGET: Final = 0.3
"""The seconds of the slow panels at rest."""

LONGEST: Final = 1.0
"""The most seconds of a frame at rest: no message is read meanwhile."""

REST: Final = 0.15
"""The seconds without a change after which the picture is refined."""


class Scheduler:
    """Measures the cost of steps and frames, and chooses how many steps and which quality fit."""

    def __init__(self) -> None:
        self._step = 0.001
        self._cell = 0.0  # unknown: the first frame is coarse
        self._evaluation = 0.0  # unknown: the first surface is coarse
        self._landscape = 0.0
        self._level = 0
        self._owed = 0.0
        self._changed_at = 0.0
        self._surface_at = 0.0
        self._drawn_at = 0.0
        self._at_rest = False
        self._complete = False

    def changed(self, now: float) -> None:
        """Record that the session changed."""
        self._changed_at, self._complete = now, False

    def steps(self, speed: float, interval: float) -> tuple[int, float]:
        """Return the steps to make now, and the seconds until the next; slow speeds skip frames."""
        if speed * interval < 1.0:
            return 1, 1.0 / speed
        self._owed = min(self._owed, 1.0) + speed * interval
        whole = int(self._owed)
        self._owed -= whole
        return whole, interval

    def fitting(self, steps: int, seconds: float) -> int:
        """Return how many of these steps fit into a time, at least one."""
        return max(1, min(steps, int(seconds / self._step)))

    def trained(self, steps: int, seconds: float) -> None:
        """Record the cost of some steps."""
        self._step = 0.7 * self._step + 0.3 * max(seconds / steps, 1e-6)

    def evaluated(self, seconds: float) -> None:
        """Record the cost of one evaluation of the loss."""
        self._evaluation = max(seconds, 1e-6)

    def drew(self, quality: Quality, seconds: float, now: float) -> None:
        """Record the cost of a frame."""
        self._drawn_at = now
        if quality.landscape:
            self._surface_at = now
            self._landscape = max(1e-6, seconds - quality.resolution**2 * self._cell)
            self._evaluation = self._landscape / (quality.landscape**2 + STEPS)
        if not quality.landscape or not self._cell:
            self._cell = max(seconds, 1e-5) / quality.resolution**2
        if self._at_rest:
            is_finest = quality.landscape >= self._finest_surface(SURFACE_BUDGET)
            self._complete = self._next_level() == self._level and is_finest

    def quality(self, now: float, *, at_rest: bool) -> Quality:
        """Choose the quality of the next frame.

        Args:
            now: The time, in seconds.
            at_rest: Whether nothing changes, so that the frame may take longer.

        Returns:
            At rest, one level finer than before; otherwise the finest that fits.
        """
        self._at_rest = at_rest
        if at_rest:
            self._level = self._next_level()
            surface = self._finest_surface(SURFACE_BUDGET) or self._finest_surface(LONGEST)
            return Quality(RESOLUTIONS[self._level], surface if self._evaluation else SURFACES[0])
        fitting = [level for level, r in enumerate(RESOLUTIONS) if r * r * self._cell < BUDGET]
        # Without a known cost, the first frame is the coarsest.
        self._level = fitting[-1] if fitting and self._cell else 0
        due = now - self._surface_at > max(0.25, 15.0 * self._landscape)
        # The first frame after a rest answers the user's hand: the surface may come later.
        due = due and now - self._drawn_at < 0.25
        surface = min(self._finest_surface(2 * BUDGET), SURFACES[1])
        return Quality(RESOLUTIONS[self._level], surface if due else 0)

    def wants_refinement(self, now: float) -> bool:
        """Return whether nothing changes and the last frame was not the finest."""
        return not self._complete and now - self._changed_at > REST

    def refinement_in(self, now: float) -> float | None:
        """Return the seconds until a finer frame is due; None if none is."""
        if self._complete:
            return None
        return max(0.0, self._changed_at + REST - now)

    def _next_level(self) -> int:
        """Return the next finer level, if it can be drawn at rest."""
        level = min(self._level + 1, len(RESOLUTIONS) - 1)
        return level if RESOLUTIONS[level] ** 2 * self._cell < LONGEST else self._level

    def _finest_surface(self, seconds: float) -> int:
        """Return the finest loss surface that fits into a time; 0 if none does or is known to."""
        if not self._evaluation:
            return 0
        fitting = [r for r in SURFACES if (r * r + STEPS) * self._evaluation < seconds]
        return fitting[-1] if fitting else 0
