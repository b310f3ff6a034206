/* The names of people in the room, also of those who have left. */

export function nameOf(room, who, words) {
  return who === room.you?.who ? words.you : (aliasOf(room, who) ?? words.someone);
}

/* Returns the name that others see, also of somebody who has left. */
export function aliasOf(room, who) {
  const card = room.people.get(who) ?? room.waiting.get(who);
  return card?.alias ?? room.helpCalls.get(who)?.alias ?? room.names.get(who);
}
