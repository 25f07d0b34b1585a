"""How much to compute now, from what it cost before: so that a slow model still answers."""

from typing import Final

from miniml.playground.view.frame import Quality
from miniml.playground.view.landscape import STEPS

RESOLUTIONS: Final = (20, 40, 70, 100)
"""The heat's resolutions, coarse to fine."""

BUDGET: Final = 0.015
"""What a frame may cost while things move, in seconds."""

SURVEYS: Final = (5, 11, 21)
"""The loss surface's resolutions."""

PATIENCE: Final = 0.3
"""What the slow panels may cost at rest, in seconds."""

LONGEST: Final = 1.0
"""What one frame may cost at rest, in seconds: nothing that is said is heard meanwhile."""

REST: Final = 0.15
"""How long nothing must have moved before the picture is sharpened, in seconds."""


class Scheduler:
    """Remembers costs, and chooses steps and resolutions that fit."""

    def __init__(self) -> None:
        self._step = 0.001
        self._cell = 0.0  # unknown: the first frame is coarse
        self._touched = 0.0
        self._level = 0
        self._resting = False
        self._complete = False
        self._evaluation = 0.0  # unknown: the first survey is coarse
        self._landscape = 0.0
        self._surveyed = 0.0
        self._drawn = 0.0
        self._owed = 0.0

    def touched(self, now: float) -> None:
        """Note that something moved."""
        self._touched, self._complete = now, False

    def steps(self, speed: float, pause: float) -> tuple[int, float]:
        """Say how many steps to make now, and how long until the next: slow speeds skip frames."""
        if speed * pause < 1.0:
            return 1, 1.0 / speed
        self._owed = min(self._owed, 1.0) + speed * pause
        whole = int(self._owed)
        self._owed -= whole
        return whole, pause

    def fitting(self, steps: int, seconds: float) -> int:
        """Say how many of these steps fit into a time; at least one."""
        return max(1, min(steps, int(seconds / self._step)))

    def trained(self, steps: int, seconds: float) -> None:
        """Note what some steps cost."""
        self._step = 0.7 * self._step + 0.3 * max(seconds / steps, 1e-6)

    def quality(self, now: float, *, sharper: bool) -> Quality:
        """Choose the resolution of the next frame.

        Args:
            now: The time, in seconds.
            sharper: Whether things are at rest, so that it may take longer.

        Returns:
            One level finer than before at rest; while things move, the finest that fits.
        """
        self._resting = sharper
        if sharper:
            self._level = self._finer()
            survey = self._survey(PATIENCE) or self._survey(LONGEST)
            return Quality(RESOLUTIONS[self._level], survey if self._evaluation else SURVEYS[0])
        fitting = [level for level, r in enumerate(RESOLUTIONS) if r * r * self._cell < BUDGET]
        # With no cost known yet, the first frame is the coarsest.
        self._level = fitting[-1] if fitting and self._cell else 0
        due = now - self._surveyed > max(0.25, 15.0 * self._landscape)
        # The first frame after a rest answers a hand: the surface may follow.
        due = due and now - self._drawn < 0.25
        survey = min(self._survey(2 * BUDGET), SURVEYS[1])
        return Quality(RESOLUTIONS[self._level], survey if due else 0)

    def _finer(self) -> int:
        """Give the next level, if it can be drawn at rest."""
        level = min(self._level + 1, len(RESOLUTIONS) - 1)
        return level if RESOLUTIONS[level] ** 2 * self._cell < LONGEST else self._level

    def evaluated(self, seconds: float) -> None:
        """Note what it costs to evaluate the loss once."""
        self._evaluation = max(seconds, 1e-6)

    def _survey(self, seconds: float) -> int:
        """Give the finest loss surface that fits into a time; 0 if none does or is known to."""
        if not self._evaluation:
            return 0
        fitting = [r for r in SURVEYS if (r * r + STEPS) * self._evaluation < seconds]
        return fitting[-1] if fitting else 0

    def drew(self, quality: Quality, seconds: float, now: float) -> None:
        """Note what a frame cost."""
        self._drawn = now
        if quality.landscape:
            self._surveyed = now
            whole = quality.resolution**2 * self._cell
            self._landscape = max(1e-6, seconds - whole)
            self._evaluation = self._landscape / (quality.landscape**2 + STEPS)
        if not quality.landscape or not self._cell:
            self._cell = max(seconds, 1e-5) / quality.resolution**2
        if self._resting:
            whole = quality.landscape >= self._survey(PATIENCE)
            self._complete = self._finer() == self._level and whole

    def wants_more(self, now: float) -> bool:
        """Tell whether things are at rest and the last frame was not the finest."""
        return not self._complete and now - self._touched > REST

    def patience(self, now: float) -> float | None:
        """Say how long until a sharper frame is wanted; None if none is."""
        if self._complete:
            return None
        return max(0.0, self._touched + REST - now)
