/* The picture of the room, changed by what the server tells. The server decides; this remembers. */

export function emptyRoom() {
  return { people: new Map(), waiting: new Map(), names: new Map(), floor: {}, lines: [] };
}

/* Returns false when something must have been missed. */
export function apply(room, frame) {
  if (frame.type === "room") begin(room, frame);
  if (frame.type === "missed" && frame.role !== room.you.role) return false;
  if (frame.type === "missed") {
    for (const event of frame.events) change(room, event);
    room.seq = frame.seq;
  }
  if (frame.type === "event" && !(frame.seq <= room.seq)) {
    if (frame.after > room.seq) return false;
    change(room, frame);
    room.seq = frame.seq;
  }
  return true;
}

function begin(room, { room: seen, lines }) {
  Object.assign(room, { agenda: null, lead: null, floor: {} }, seen, { lines });
  room.people = byWho(seen.people);
  room.waiting = byWho(seen.waiting);
  room.seq = seen.seq;
  for (const { by, alias } of lines) room.names.set(by, alias);
}

function byWho(cards = []) {
  return new Map(cards.map((card) => [card.who, card]));
}

function change(room, event) {
  if (event.floor) room.floor = event.floor;
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
    if (card.who === room.you.who) room.you.standing = "inside";
  },
  waiting: (room, card) => room.waiting.set(card.who, card),
  left: gone,
  removed: gone,
  sent_back: gone,
  role_changed: gone,
  listening(room, { who, on }) {
    const card = room.people.get(who);
    if (card) card.only_listens = on;
    if (who === room.you.who) room.you.only_listens = on;
  },
  edited(room, { line, text }) {
    const said = room.lines.find(({ seq }) => seq === line);
    if (said) Object.assign(said, { text, edited: true });
  },
  redacted(room, { line }) {
    const said = room.lines.find(({ seq }) => seq === line);
    if (said) Object.assign(said, { text: "", redacted: true });
  },
  said: written,
  private_line: written,
  back_channel: written,
};

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

export function nameOf(room, who, words) {
  if (who === room.you?.who) return words.you;
  const card = room.people.get(who) ?? room.waiting.get(who);
  return card?.alias ?? room.names.get(who) ?? words.someone;
}
