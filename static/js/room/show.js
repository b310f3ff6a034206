/* Shows and hides elements by the state of the room, data-show="open !hand" needing both flags; says
   by aria-pressed whether a switch is on, data-pressed="hand" naming its flag. */

export function show(root, room) {
  const holds = flags(room);
  const focused = document.activeElement;
  for (const element of root.querySelectorAll("[data-show]")) {
    element.hidden = !element.dataset.show
      .split(" ")
      .every((flag) => (flag.startsWith("!") ? !holds[flag.slice(1)] : holds[flag]));
  }
  for (const button of root.querySelectorAll("[data-pressed]")) {
    button.ariaPressed = String(Boolean(holds[button.dataset.pressed]));
  }
  if (root.contains(focused) && !focused.getClientRects().length) rescue(root, focused);
}

/* Moves the focus from what has just been hidden to the heading of its section, or of the room. */
function rescue(root, lost) {
  const heading = lost.closest("section")?.querySelector("[tabindex='-1']");
  const isThere = heading?.getClientRects().length;
  (isThere ? heading : root.querySelector("#stage-title, [data-ending]:not([hidden]) h2"))?.focus();
}

function flags({ you, phase, is_locked, turns, lead, media, waiting, isInCall, hasDevices }) {
  const me = you.who;
  return {
    here: you.status !== "out" && phase !== "ended",
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
    turn: Boolean(turns.turn),
    speaking: turns.turn?.who === me,
    round: Boolean(turns.still_to_share),
    offered: Boolean(media?.offered),
    voices: Boolean(media?.offered && hasDevices),
    carried: Boolean(media && media.backend !== "none"),
    cameras: Boolean(media?.cameras_allowed),
    call: Boolean(isInCall),
    heard: you.microphone,
    seen: you.camera,
    muted: you.is_muted,
    sharing: Boolean(turns.still_to_share?.includes(me)),
    someone_waits: waiting.size > 0,
  };
}
