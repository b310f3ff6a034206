/* The kinds of events, as in sessions/room/events.py. A name that is not in the list is an error. */

export const KIND = strict({
  AGENDA: "agenda",
  BACK_CHANNEL: "back_channel",
  CAMERA: "camera",
  CAMERAS: "cameras",
  CAPTIONED: "captioned",
  DIRECT: "direct",
  EDITED: "edited",
  HAND_LOWERED: "hand_lowered",
  HAND_RAISED: "hand_raised",
  HELP_ASKED: "help_asked",
  HELP_SEEN: "help_seen",
  HOSTS: "hosts",
  JOINED: "joined",
  LEAD_CHANGED: "lead_changed",
  LEFT: "left",
  LET_BACK: "let_back",
  LISTENING: "listening",
  LOCKED: "locked",
  MEDIA: "media",
  MICROPHONE: "microphone",
  MUTED: "muted",
  PHASE: "phase",
  PRIVATE_MESSAGE: "private_message",
  REACTED: "reacted",
  RECEIVES: "receives",
  REDACTED: "redacted",
  REMOVED: "removed",
  REPORTED: "reported",
  ROLE_CHANGED: "role_changed",
  ROUND_ENDED: "round_ended",
  ROUND_STARTED: "round_started",
  SAID: "said",
  SENT_BACK: "sent_back",
  SHARE_SKIPPED: "share_skipped",
  TURN_BEGAN: "turn_began",
  TURN_ENDED: "turn_ended",
  TURNS_SET: "turns_set",
  WAITING: "waiting",
});

function strict(kinds) {
  return new Proxy(Object.freeze(kinds), {
    get(target, name) {
      if (!(name in target)) throw new ReferenceError(`no event kind ${String(name)}`);
      return target[name];
    },
  });
}
