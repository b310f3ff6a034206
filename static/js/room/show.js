/* Shows and hides elements by the state of the room: data-show="open !hand" needs both flags. */

export function show(root, room) {
  const holds = flags(room);
  for (const element of root.querySelectorAll("[data-show]")) {
    element.hidden = !element.dataset.show
      .split(" ")
      .every((flag) => (flag.startsWith("!") ? !holds[flag.slice(1)] : holds[flag]));
  }
}

function flags({ you, phase, is_locked, turns, lead, media, isInCall, hasDevices }) {
  const me = you.who;
  return {
    here: true,
    waiting: you.status === "waiting",
    inside: you.status === "inside",
    staff: you.role !== "member",
    [phase]: true,
    begun: phase === "open" || phase === "on_hold",
    locked: is_locked,
    leading: lead === me,
    listening: you.only_listens,
    strict: turns.is_strict,
    hand: turns.hands?.includes(me),
    speaking: turns.turn?.who === me,
    round: Boolean(turns.still_to_share),
    voices: Boolean(media?.offered && hasDevices),
    carried: Boolean(media && media.backend !== "none"),
    cameras: Boolean(media?.cameras_allowed),
    call: Boolean(isInCall),
    heard: you.microphone,
    seen: you.camera,
    muted: you.is_muted,
    sharing: Boolean(turns.still_to_share?.includes(me)),
  };
}
