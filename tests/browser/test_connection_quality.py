"""Who is asked to step down, and when: from what browsers count to the step, look by look.

Each look gets the statistics that a browser would return; no media flows and no time passes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.test_media_modules import ask

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

PACKETS = 150  # of a voice, in the three seconds between two looks
LOOK = """
const seen = { steps: [], grades: [], reached: [] };
const made = new Map();
let [now, receives] = [null, "everything"];
function connection({ who, number, state, stats }) {
  const key = `${who} ${number}`;
  if (!made.has(key)) made.set(key, {});
  return { who, pc: Object.assign(made.get(key), { connectionState: state, getStats: async () => new Map(stats.map((it) => [it.id, it])) }) };
}
const look = it.makeLook({
  connections: () => now.map(connection),
  receives: () => receives,
  onGrade: (who, grade) => seen.grades.push([who, grade]),
  onStep: (step) => seen.steps.push(receives = step),
  onReach: (isThere) => seen.reached.push(isThere),
});
for (now of given) await look();
return seen;
"""


@dataclass
class Connection:
    """What one browser has counted, so far, of its connection to one other person."""

    who: str
    number: int = 0
    received: int = 0
    lost: int = 0
    reports: int = 0
    reported: float = 0.0
    answers: int = 0
    seconds: float = 0.02
    more: list[dict[str, Any]] = field(default_factory=list)

    def carries(
        self, *, loss: float = 0.0, reported: float | None = None, seconds: float = 0.02
    ) -> dict[str, Any]:
        """Let three seconds pass in which this share of the packets is lost; return the statistics.

        ``reported`` is what the other side says it lost, if a report of it arrives.
        """
        gone = round(PACKETS * loss)
        self.received, self.lost = self.received + PACKETS - gone, self.lost + gone
        self.answers, self.seconds = self.answers + 1, seconds
        if reported is not None:
            self.reports, self.reported = self.reports + 1, reported
        return self.stands()

    def stands(self, state: str = "connected") -> dict[str, Any]:
        """Return the statistics as they are: nothing came since the last look."""
        counted = [
            {
                "id": "in",
                "type": "inbound-rtp",
                "packetsReceived": self.received,
                "packetsLost": self.lost,
            },
            {"id": "t", "type": "transport", "selectedCandidatePairId": "used"},
            {
                "id": "used",
                "type": "candidate-pair",
                "nominated": True,
                "currentRoundTripTime": self.seconds,
                "responsesReceived": self.answers,
            },
        ]
        if self.reports:
            counted.append(
                {
                    "id": "report",
                    "type": "remote-inbound-rtp",
                    "timestamp": self.reports,
                    "fractionLost": self.reported,
                }
            )
        stats = [*counted, *self.more]
        return {"who": self.who, "number": self.number, "state": state, "stats": stats}

    def begins_anew(self) -> Connection:
        """Return the connection that takes the place of this one."""
        return Connection(self.who, self.number + 1)


def checks(page: Page, given: list[list[dict[str, Any]]]) -> Any:
    return ask(page, "watch", LOOK, given)


def test_who_loses_on_every_line_steps_down_to_voices_and_then_to_text(module_page: Page) -> None:
    amina, dara = Connection("amina"), Connection("dara")
    given = [[amina.carries(loss=0.3), dara.carries(loss=0.3)] for _ in range(9)]
    assert checks(module_page, given[:4])["steps"] == [], (
        "the first look has nothing to compare with"
    )
    assert checks(module_page, given[:8])["steps"] == ["audio"]
    assert checks(module_page, given)["steps"] == ["audio", "text"]


def test_who_loses_on_one_line_of_two_goes_on_and_sees_whose_line_is_weak(
    module_page: Page,
) -> None:
    bo, dara = Connection("bo"), Connection("dara")
    seen = checks(module_page, [[bo.carries(loss=0.5), dara.carries()] for _ in range(20)])
    assert seen["steps"] == []
    assert {(who, grade) for who, grade in seen["grades"]} == {("bo", "poor"), ("dara", "good")}


def test_between_two_people_a_weak_line_is_the_line_of_both(module_page: Page) -> None:
    one, other = Connection("bo"), Connection("amina")
    for line in (one, other):
        seen = checks(module_page, [[line.carries(loss=0.3)] for _ in range(9)])
        assert seen["steps"] == ["audio", "text"]


def test_a_report_that_was_not_renewed_does_not_keep_a_line_poor(module_page: Page) -> None:
    line = Connection("amina")
    given = [[line.carries(reported=0.75)] for _ in range(3)]
    given += [[line.carries()] for _ in range(20)]
    seen = checks(module_page, given)
    assert seen["steps"] == []
    assert [grade for _, grade in seen["grades"]] == ["poor"] * 2 + ["good"] * 20


def test_reports_that_keep_coming_are_believed(module_page: Page) -> None:
    line = Connection("amina")
    given = [[line.carries(reported=0.75)] for _ in range(9)]
    assert checks(module_page, given)["steps"] == ["audio", "text"]


def test_a_look_in_which_nothing_came_is_neither_good_nor_poor(module_page: Page) -> None:
    line = Connection("amina")
    poor = [[line.carries(loss=0.3)] for _ in range(3)]
    nothing = [[line.stands()] for _ in range(5)]
    more = [[line.carries(loss=0.3)] for _ in range(2)]
    assert checks(module_page, poor + nothing)["steps"] == []
    assert checks(module_page, poor + nothing + more)["steps"] == ["audio"]


def test_silence_of_everybody_is_good_while_the_other_side_answers(module_page: Page) -> None:
    line = Connection("amina")
    given = []
    for _ in range(3):
        line.answers += 1
        given.append([line.stands()])
    assert checks(module_page, given)["grades"] == [["amina", "good"]] * 2


def test_a_line_that_breaks_and_comes_back_does_not_begin_to_count_from_zero(
    module_page: Page,
) -> None:
    line = Connection("amina")
    given = [[line.carries(loss=0.3)] for _ in range(3)]
    given += [[line.stands("disconnected")], []]
    line = line.begins_anew()
    given += [[line.carries(loss=0.3)] for _ in range(3)]
    assert checks(module_page, given)["steps"] == ["audio"]


def test_the_mark_of_a_weak_line_goes_with_the_line(module_page: Page) -> None:
    line = Connection("bo")
    given = [[line.carries(loss=0.3)] for _ in range(3)]
    seen = checks(module_page, [*given, [], []])
    assert seen["grades"] == [["bo", "poor"]] * 2 + [["bo", "good"]]


def test_one_good_look_begins_the_count_again(module_page: Page) -> None:
    line = Connection("amina")
    given = [[line.carries(loss=0.3)] for _ in range(4)]
    given += [[line.carries()]]
    given += [[line.carries(loss=0.3)] for _ in range(3)]
    assert checks(module_page, given)["steps"] == []


@pytest.mark.parametrize("at_first", [True, False], ids=["listed first", "listed last"])
def test_the_delay_of_a_way_that_is_no_longer_used_does_not_count(
    module_page: Page, at_first: bool
) -> None:
    left = {"id": "left", "type": "candidate-pair", "nominated": True, "currentRoundTripTime": 3.0}
    line = Connection("amina", more=[left])
    given = [[line.carries()] for _ in range(9)]
    for (look,) in given:
        look["stats"].sort(key=lambda it: (it["id"] == "left") is not at_first)
    assert checks(module_page, given)["steps"] == []


def test_a_line_that_is_down_is_told_after_two_looks_and_so_is_its_return(
    module_page: Page,
) -> None:
    line = Connection("amina")
    there, away = [line.carries()], [line.stands("disconnected")]
    assert checks(module_page, [there, away, there, away])["reached"] == []
    seen = checks(module_page, [there, away, away, away, there, there])
    assert seen["reached"] == [False, True]
    assert seen["steps"] == []
