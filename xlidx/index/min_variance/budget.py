"""What a search may spend: work that is counted, so that equal inputs end at the same place; time if asked for."""

from __future__ import annotations

import time

import attrs

DEFAULT_WORK = 10_000.0


@attrs.define
class Budget:
    """Limits of a search and what it has spent.

    Parameters
    ----------
    nodes : int, optional
        Most branches to solve.
    work : float, optional
        Most units of work; a unit takes about a millisecond.  It is counted from the sizes of what is solved, never
        from the clock.
    deadline : float, optional
        Time of ``time.perf_counter`` after which nothing more is begun.
    """

    nodes: int | None = None
    work: float | None = None
    deadline: float | None = None
    solved: int = 0
    spent: float = 0.0

    def spend(self, units: float, nodes: int = 0) -> None:
        """Count work that is done."""
        self.spent += units
        self.solved += nodes

    @property
    def over(self) -> bool:
        """Whether work or time is used up."""
        late = self.deadline is not None and time.perf_counter() >= self.deadline
        return late or (self.work is not None and self.spent >= self.work)

    @property
    def exhausted(self) -> bool:
        """Whether no further branch may be begun."""
        return self.over or (self.nodes is not None and self.solved >= self.nodes)


def relaxation_work(names: int, factors: int) -> float:
    """Return the units of work of one relaxation of so many names on so many factors."""
    return 1.0 + names * factors / 5_000.0
