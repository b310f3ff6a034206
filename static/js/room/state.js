/* The picture of the room, changed by what the server tells. The server decides; this remembers. */

import { change } from "./changes.js";

export function emptyRoom() {
  const [people, waiting, removed, names] = [new Map(), new Map(), new Map(), new Map()];
  return { people, waiting, removed, names, count: 0, floor: {}, lines: [] };
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
  Object.assign(room, { agenda: null, lead: null, floor: {}, count: 0, media: null }, seen, { lines });
  for (const list of ["people", "waiting", "removed"]) room[list] = byWho(seen[list]);
  for (const { by, alias } of lines) room.names.set(by, alias);
}

function byWho(cards = []) {
  return new Map(cards.map((card) => [card.who, card]));
}

export function nameOf(room, who, words) {
  if (who === room.you?.who) return words.you;
  const card = room.people.get(who) ?? room.waiting.get(who);
  return card?.alias ?? room.names.get(who) ?? words.someone;
}
