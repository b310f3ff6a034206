/* What each kind of event does to the picture of the room. */

export function change(room, event) {
  if (event.floor) room.floor = event.floor;
  if ("count" in event) room.count = event.count;
  changes[event.kind]?.(room, event);
}

const changes = {
  phase: (room, { phase, hold }) => Object.assign(room, { phase, hold }),
  locked: (room, { on }) => (room.is_locked = on),
  lead_changed: (room, { who }) => (room.lead = who),
  agenda: (room, { agenda }) => (room.agenda = agenda),
  joined(room, card) {
    room.waiting.delete(card.who);
    room.people.set(card.who, card);
    if (card.who === room.you.who) Object.assign(room.you, card, { standing: "inside" });
  },
  waiting: (room, card) => room.waiting.set(card.who, card),
  left: gone,
  removed(room, event) {
    gone(room, event);
    room.removed.set(event.who, { who: event.who, alias: room.names.get(event.who) });
  },
  let_back: (room, { who }) => room.removed.delete(who),
  sent_back: gone,
  role_changed: gone,
  listening: (room, { who, on }) => mark(room, who, { only_listens: on }),
  microphone: (room, { who, on }) => mark(room, who, { microphone: on }),
  camera: (room, { who, on }) => mark(room, who, { camera: on }),
  muted: (room, { who, on }) => mark(room, who, { is_muted: on }),
  receives: (room, { who, what }) => mark(room, who, { receives: what }),
  direct: (room, { who, on }) => mark(room, who, { is_direct: on }),
  cameras: (room, { on }) => (room.media.cameras_allowed = on),
  media: (room, { media }) => (room.media = media),
  edited: (room, { line, text }) => rewrite(room, line, { text, edited: true }),
  redacted: (room, { line }) => rewrite(room, line, { text: "", redacted: true }),
  said: written,
  private_line: written,
  back_channel: written,
};

function mark(room, who, fields) {
  for (const card of [room.people.get(who), who === room.you.who && room.you]) {
    if (card) Object.assign(card, fields);
  }
}

function rewrite(room, line, words) {
  const said = room.lines.find(({ seq }) => seq === line);
  if (said) Object.assign(said, words);
}

function written(room, event) {
  room.lines.push(event);
  room.names.set(event.by, event.alias);
}

function gone(room, { who }) {
  const card = room.people.get(who) ?? room.waiting.get(who);
  if (card) room.names.set(who, card.alias); // what is said about them still needs a name
  room.people.delete(who);
  room.waiting.delete(who);
}
