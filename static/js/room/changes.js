/* Applies events to the room. */

import { KIND } from "./event_kinds.js";
import { aliasOf } from "./aliases.js";

export function change(room, event) {
  if (event.turns) room.turns = event.turns;
  if ("count" in event) room.count = event.count;
  changes[event.kind]?.(room, event); // a server that is newer than this page may have other kinds
}

/* For kinds whose only effect is in `turns`, or that change nothing that is remembered. */
function unchanged() {}

const changes = {
  [KIND.PHASE](room, { phase, hold }) {
    Object.assign(room, { phase, hold });
    if (phase === "ended") Object.assign(room.turns, { hands: [], turn: null, still_to_share: null });
  },
  [KIND.LOCKED]: (room, { on }) => (room.is_locked = on),
  [KIND.LEAD_CHANGED]: (room, { who }) => (room.lead = who),
  [KIND.AGENDA]: (room, { agenda }) => (room.agenda = agenda),
  [KIND.JOINED](room, card) {
    room.waiting.delete(card.who);
    room.people.set(card.who, card);
    if (card.who === room.you.who) Object.assign(room.you, card, { status: "inside" });
  },
  [KIND.WAITING]: (room, card) => room.waiting.set(card.who, card),
  [KIND.LEFT]: dropPerson,
  [KIND.REMOVED](room, event) {
    dropPerson(room, event);
    room.removed.set(event.who, { who: event.who, alias: room.names.get(event.who) });
  },
  [KIND.LET_BACK]: (room, { who }) => room.removed.delete(who),
  [KIND.SENT_BACK]: dropPerson,
  [KIND.ROLE_CHANGED]: dropPerson,
  [KIND.LISTENING]: (room, { who, on }) => updateCard(room, who, { only_listens: on }),
  [KIND.MICROPHONE]: (room, { who, on }) => updateCard(room, who, { microphone: on }),
  [KIND.CAMERA]: (room, { who, on }) => updateCard(room, who, { camera: on }),
  [KIND.MUTED]: (room, { who, on }) => updateCard(room, who, { is_muted: on }),
  [KIND.RECEIVES]: (room, { who, what }) => updateCard(room, who, { receives: what }),
  [KIND.DIRECT]: (room, { who, on }) => updateCard(room, who, { is_direct: on }),
  [KIND.CAMERAS]: (room, { on }) => (room.media.cameras_allowed = on),
  [KIND.MEDIA]: (room, { media }) => (room.media = media),
  [KIND.EDITED]: (room, { message_seq, text }) => updateMessage(room, message_seq, { text, edited: true }),
  [KIND.REDACTED]: (room, { message_seq }) => updateMessage(room, message_seq, { text: "", redacted: true }),
  [KIND.SAID]: addMessage,
  [KIND.PRIVATE_MESSAGE]: addMessage,
  [KIND.BACK_CHANNEL]: addMessage,
  [KIND.HAND_RAISED]: unchanged,
  [KIND.HAND_LOWERED]: unchanged,
  [KIND.TURN_BEGAN]: unchanged,
  [KIND.TURN_ENDED]: unchanged,
  [KIND.SHARE_SKIPPED]: unchanged,
  [KIND.ROUND_STARTED]: unchanged,
  [KIND.ROUND_ENDED]: unchanged,
  [KIND.TURNS_SET]: unchanged,
  [KIND.CAPTIONED]: unchanged,
  [KIND.REACTED]: unchanged,
  [KIND.HELP_ASKED](room, { who, at }) {
    if (who === room.you.who) room.help_call = { asked_at: at, seen_by: null };
    else room.helpCalls.set(who, { who, alias: aliasOf(room, who), asked_at: at });
  },
  [KIND.HELP_SEEN](room, { who, alias }) {
    room.helpCalls.delete(who);
    if (who === room.you.who) room.help_call.seen_by = alias;
  },
  [KIND.HOSTS]: (room, { hosts }) => (room.hosts = hosts),
  [KIND.REPORTED]: unchanged,
};

function updateCard(room, who, fields) {
  for (const card of [room.people.get(who), who === room.you.who && room.you]) {
    if (card) Object.assign(card, fields);
  }
}

function updateMessage(room, messageSeq, fields) {
  const message = room.messages.find(({ seq }) => seq === messageSeq);
  if (message) Object.assign(message, fields);
}

function addMessage(room, event) {
  room.messages.push(event);
  room.names.set(event.by, event.alias);
}

function dropPerson(room, { who }) {
  const card = room.people.get(who) ?? room.waiting.get(who);
  if (card) room.names.set(who, card.alias); // still needed for their messages
  room.people.delete(who);
  room.waiting.delete(who);
}
