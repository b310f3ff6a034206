/* The room as the page knows it: the server's snapshot, changed by events. */

import { change } from "./changes.js";

export function emptyRoom() {
  const [people, waiting, removed, helpCalls, names] = [new Map(), new Map(), new Map(), new Map(), new Map()];
  return { people, waiting, removed, helpCalls, names, hosts: [], count: 0, turns: {}, messages: [] };
}

/* Returns false if an event was missed, so that a new snapshot is needed. */
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

function begin(room, { room: snapshot, messages }) {
  const missing = { agenda: null, lead: null, turns: {}, count: 0, media: null };
  Object.assign(room, missing, snapshot, { messages });
  for (const list of ["people", "waiting", "removed"]) room[list] = byWho(snapshot[list]);
  room.helpCalls = byWho(snapshot.help_calls);
  for (const { by, alias } of messages) room.names.set(by, alias);
}

function byWho(cards = []) {
  return new Map(cards.map((card) => [card.who, card]));
}
