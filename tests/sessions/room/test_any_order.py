"""Whatever people do in whatever order, the promises of the room hold."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from sessions.room import Event, Refusal, State, apply, command_names
from sessions.room import commands as c
from sessions.room.audiences import audiences_of
from sessions.room.codec import dump, dump_fields, load
from sessions.room.media import MESH_CAMERAS, MESH_MICROPHONES, may_publish, publishing
from sessions.room.payloads import PAYLOADS
from sessions.room.state import (
    WITHOUT_FACILITATOR_LIMIT,
    AdmissionStatus,
    AgendaStep,
    Backend,
    Phase,
    Receives,
    Role,
)
from tests.support.room_builder import ENDS, STARTS, enter, new_room

CAPACITY = 3
ROLES = {"1": Role.FACILITATOR, "2": Role.CO_FACILITATOR}
people = st.sampled_from([str(number) for number in range(1, 9)])
texts = st.sampled_from(["hello", "", "x" * 2001])
FIELDS = {
    "who": people,
    "text": texts,
    "reason": texts,
    "on": st.booleans(),
    "strict": st.booleans(),
    "share_seconds": st.sampled_from([None, 60, 5]),
    "message_seq": st.integers(0, 60),
    "step": st.integers(-1, 2),
    "scope": st.sampled_from(list(c.Scope)),
    "reaction": st.sampled_from(list(c.Reaction)),
    "what": st.sampled_from(list(Receives)),
    "steps": st.just((AgendaStep(title="Welcome", minutes=5),)),
}
COMMANDS = sorted(command_names.COMMANDS.values(), key=lambda verb: verb.__name__)


@st.composite
def commands(draw: st.DrawFn) -> c.Command:
    verb = draw(st.sampled_from(COMMANDS))
    names = set(verb.__dataclass_fields__) - {"by"}
    return verb(by=draw(people), **{name: draw(FIELDS[name]) for name in sorted(names)})


class AnyOrder(RuleBasedStateMachine):
    """Random people, random verbs, random pauses."""

    def __init__(self) -> None:
        super().__init__()
        self.state: State = new_room(capacity=CAPACITY)
        self.now: datetime = STARTS - timedelta(minutes=20)
        self.log: list[Event] = []
        self.decoded = 0

    @initialize(backends=st.sampled_from([(), (Backend.MESH,), (Backend.MESH, Backend.JANUS)]))
    def entry_opens(self, backends: tuple[Backend, ...]) -> None:
        self.state = replace(self.state, backends=backends, direct_allowed=True)
        self.now = STARTS - timedelta(minutes=10)
        self.apply(c.Tick())

    @rule(seconds=st.sampled_from([1, 59, 119, 121, 900]))
    def time_passes(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    @rule(who=people, has_seat=st.booleans())
    def someone_comes(self, who: str, *, has_seat: bool) -> None:
        self.apply(enter(who, role=ROLES.get(who, Role.MEMBER), has_seat=has_seat))

    @rule(who=people)
    def a_line_dies(self, who: str) -> None:
        self.apply(c.Leave(by=who))

    @rule(who=people)
    def someone_no_longer_belongs(self, who: str) -> None:
        self.apply(c.Expel(by=who))

    @rule(command=commands())
    def someone_acts(self, command: c.Command) -> None:
        self.apply(command)

    @rule(by=st.sampled_from(list(ROLES)), who=people)
    def a_facilitator_admits(self, by: str, who: str) -> None:
        self.someone_comes(by, has_seat=True)
        self.apply(c.Admit(by=by, who=who))

    @rule(who=people, on=st.booleans())
    def someone_speaks_up(self, who: str, *, on: bool) -> None:
        self.apply(c.Microphone(by=who, on=on))
        self.apply(c.Camera(by=who, on=on))

    @rule(is_down=st.booleans())
    def the_media_server_goes_or_comes(self, *, is_down: bool) -> None:
        self.apply(c.MediaServerChanged(is_down=is_down))

    @rule(who=st.sampled_from(list(ROLES)))
    def a_facilitator_admits_all(self, who: str) -> None:
        self.apply(c.AdmitAll(by=who))

    def apply(self, command: c.Command) -> None:
        for each in (c.Tick(), command):
            before = self.state
            outcome = apply(before, each, self.now)
            if isinstance(outcome, Refusal):
                assert self.state is before
                continue
            self.state, events = outcome
            assert events or has_no_visible_change(before, self.state)
            self.log += events

    @invariant()
    def events_are_numbered_without_gap(self) -> None:
        assert [event.seq for event in self.log] == list(range(1, self.state.seq + 1))

    @invariant()
    def only_people_inside_have_turns(self) -> None:
        inside = {who for who, _ in self.state.inside()}
        turn = {self.state.turn.who} if self.state.turn else set()
        queued = [*self.state.hands, *(self.state.still_to_share or ())]
        assert set(queued) | turn <= inside
        assert len(set(self.state.hands)) == len(self.state.hands)
        assert not any(self.state.people[who].only_listens for who in {*queued, *turn})

    @invariant()
    def nobody_is_heard_or_seen_without_the_right(self) -> None:
        for who in self.state.people:
            sent, allowed = publishing(self.state, who), may_publish(self.state, who)
            assert sent.audio <= allowed.audio
            assert sent.video <= allowed.video

    @invariant()
    def a_mesh_carries_no_more_than_it_can(self) -> None:
        sent = [publishing(self.state, who) for who in self.state.people]
        if self.state.backend is Backend.MESH:
            assert sum(rights.audio for rights in sent) <= MESH_MICROPHONES
            assert sum(rights.video for rights in sent) <= MESH_CAMERAS
        if self.state.is_server_down:
            assert self.state.backend is not Backend.JANUS

    @invariant()
    def events_say_which_devices_are_on(self) -> None:
        states: dict[tuple[str, str | None], bool] = {}
        for event in self.log:
            if event.kind in {"microphone", "camera"}:
                states[event.kind, event.subject] = dump_fields(event.payload)["on"]
            if event.kind in {"left", "sent_back", "removed"}:
                states |= dict.fromkeys(
                    [(k, event.subject) for k in ("microphone", "camera")], False
                )
        for who, person in self.state.people.items():
            assert states.get(("microphone", who), False) == person.microphone
            assert states.get(("camera", who), False) == person.camera

    @invariant()
    def capacity_is_held(self) -> None:
        assert self.state.free_seats >= 0

    @invariant()
    def an_open_room_has_a_facilitator_or_a_running_clock(self) -> None:
        if self.state.phase is Phase.OPEN and not self.state.has_facilitator:
            assert self.state.without_facilitator_since is not None
        if self.state.has_facilitator:
            assert self.state.without_facilitator_since is None

    @invariant()
    def the_clock_is_obeyed(self) -> None:
        outcome = apply(self.state, c.Tick(), self.now)
        assert not isinstance(outcome, Refusal)
        ticked = outcome[0]
        if ticked.phase is Phase.OPEN and not ticked.has_facilitator:
            assert ticked.without_facilitator_since is not None
            assert self.now - ticked.without_facilitator_since < WITHOUT_FACILITATOR_LIMIT
        if self.now >= ENDS + timedelta(minutes=30):
            assert ticked.phase is Phase.ENDED

    @invariant()
    def the_removed_and_the_absent_hear_nothing(self) -> None:
        for person in self.state.people.values():
            if person.status in {AdmissionStatus.REMOVED, AdmissionStatus.OUT}:
                assert not audiences_of(person)

    @invariant()
    def removed_people_receive_nothing_after_their_removal(self) -> None:
        removed_at: dict[str | None, int] = {}
        for event in self.log:
            if event.kind == "let_back":
                removed_at.pop(event.subject, None)
            assert event.also not in removed_at, event
            if event.kind == "removed":
                removed_at[event.subject] = event.seq

    @invariant()
    def the_room_survives_json(self) -> None:
        assert load(State, dump(self.state)) == self.state

    @invariant()
    def every_event_survives_json(self) -> None:
        for event in self.log[self.decoded :]:
            raw = json.loads(json.dumps(dump_fields(event.payload)))
            assert load(PAYLOADS[event.kind], raw) == event.payload
        self.decoded = len(self.log)


def has_no_visible_change(before: State, after: State) -> bool:
    """A quiet command may register a name or start a clock, and moves nobody."""
    return (before.phase, before.hands, before.turn, before.messages, before.backend) == (
        after.phase,
        after.hands,
        after.turn,
        after.messages,
        after.backend,
    )


AnyOrder.TestCase.settings = settings(max_examples=80, stateful_step_count=50, deadline=None)
TestAnyOrder = AnyOrder.TestCase
