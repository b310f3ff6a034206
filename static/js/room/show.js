/* Shows and hides what depends on where one stands: data-show="open !hand" needs both to hold. */

export function show(root, room) {
  const holds = flags(room);
  for (const element of root.querySelectorAll("[data-show]")) {
    element.hidden = !element.dataset.show
      .split(" ")
      .every((flag) => (flag.startsWith("!") ? !holds[flag.slice(1)] : holds[flag]));
  }
}

function flags({ you, phase, is_locked, floor, lead, media, isInCall, hasDevices }) {
  const me = you.who;
  return {
    here: true,
    waiting: you.standing === "waiting",
    inside: you.standing === "inside",
    staff: you.role !== "member",
    [phase]: true,
    begun: phase === "open" || phase === "on_hold",
    locked: is_locked,
    leading: lead === me,
    listening: you.only_listens,
    strict: floor.is_strict,
    hand: floor.hands?.includes(me),
    speaking: floor.turn?.who === me,
    round: Boolean(floor.still_to_share),
    voices: Boolean(media?.offered && hasDevices),
    carried: Boolean(media && media.backend !== "none"),
    cameras: Boolean(media?.cameras_allowed),
    call: Boolean(isInCall),
    heard: you.microphone,
    seen: you.camera,
    muted: you.is_muted,
    sharing: Boolean(floor.still_to_share?.includes(me)),
  };
}
