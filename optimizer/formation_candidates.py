"""Who could meet whom and when: newcomers, languages and hours as arrays, and a plain first answer."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

FAR: Final = 1_000


class CandidateSlot(NamedTuple):
    """A group to be: its language and hour, by number."""

    language: int
    slot: int


class FormationCandidates(NamedTuple):
    """A group and the newcomers in it, by number."""

    place: CandidateSlot
    members: tuple[int, ...]


class Worth(NamedTuple):
    """What groups are worth; smaller is better: who waits, then all bands together."""

    waiting: int
    band_sum: int


@dataclass(frozen=True)
class Field:
    """Everything a search for groups needs.

    Attributes:
        can: who could make a habit of which hour ``(people, slots)``.
        band: how well it suits ``(people, slots) uint8``.
        speaks: ``(languages, people)``.
        least: the smallest group.
        most: the largest group.
        max_groups: how many groups there may be.
    """

    can: NDArray[np.bool_]
    band: NDArray[np.uint8]
    speaks: NDArray[np.bool_]
    least: int
    most: int
    max_groups: int

    @cached_property
    def cost(self) -> NDArray[np.int64]:
        """Bands, and something far above all of them where somebody cannot come."""
        return np.where(self.can, self.band.astype(np.int64), FAR)

    def crowd(self, people: NDArray[np.intp] | None = None) -> NDArray[np.int64]:
        """Return how many of some people, or of all, could come to each place.

        Returns:
            ``(languages, slots)``.
        """
        some = slice(None) if people is None else people
        can = self.can[some]
        return np.stack([can[speaks].sum(axis=0) for speaks in self.speaks[:, some]])

    def worth(self, groups: Sequence[FormationCandidates]) -> Worth:
        """Return what some groups are worth."""
        placed = sum(len(group.members) for group in groups)
        bands = sum(int(self.cost[list(group.members), group.place.slot].sum()) for group in groups)
        return Worth(len(self.can) - placed, bands)

    def bound(self) -> Worth:
        """Return what no groups can beat: who has no place at all, and everybody's own best hour."""
        open_to = self.crowd() >= self.least
        reachable = (self.speaks.T.astype(np.int64) @ open_to > 0) & self.can
        best = np.where(reachable, self.cost, FAR).min(axis=1)
        possible = min(int((best < FAR).sum()), self.max_groups * self.most)
        return Worth(len(self.can) - possible, int(np.sort(best)[:possible].sum()))


def greedy(field: Field) -> list[FormationCandidates]:
    """Open a group where most of those who wait could come, take whom it suits best, repeat."""
    waiting = np.ones(len(field.can), bool)
    crowd = field.crowd()
    groups: list[FormationCandidates] = []
    while len(groups) < field.max_groups:
        language, slot = np.unravel_index(crowd.argmax(), crowd.shape)
        if crowd[language, slot] < field.least:
            break
        able = np.nonzero(waiting & field.speaks[language] & field.can[:, slot])[0]
        taken = able[np.argsort(field.band[able, slot], kind="stable")][: field.most]
        waiting[taken] = False
        crowd -= field.crowd(taken)
        groups.append(
            FormationCandidates(CandidateSlot(int(language), int(slot)), tuple(taken.tolist()))
        )
    return groups
