/* Everyone in the room as a tile: name, role, microphone, raised hand; whose turn it is stands first and
   large. The media modules put audio and video into the same tiles. */

import { copyOf, keepList, nameAll, putSentence } from "./names.js";

export function tiles(root, words, room) {
  const list = root.querySelector("[data-tiles]");
  const template = root.querySelector("[data-tile-template]");

  function draw(card) {
    const tile = copyOf(template);
    nameAll(tile, card.alias);
    return tile;
  }

  function update(tile, card) {
    const isMe = card.who === room.you.who;
    const isSpeaker = room.turns.turn?.who === card.who;
    const place = (room.turns.hands ?? []).indexOf(card.who) + 1;
    tile.classList.toggle("tile--you", isMe);
    tile.classList.toggle("tile--speaker", isSpeaker);
    putSentence(tile.querySelector(".tile__name"), sentenceOf(isMe, isSpeaker), card.alias);
    const roles = [card.role === "member" ? "" : words.facilitator, isMe ? words.you_too : ""].filter(Boolean);
    put(tile.querySelector("[data-role]"), roles.join(", "));
    put(tile.querySelector("[data-hand]"), place || "", tile.querySelector("[data-place]"));
    if (place) tile.querySelector("[data-hand]").title = words.hand_place.replace("{place}", place);
    const state = stateOf(card);
    tile.querySelector(".tile__microphone").dataset.microphone = state;
    tile.querySelector("[data-state]").textContent = words[state];
  }

  function sentenceOf(isMe, isSpeaker) {
    if (isSpeaker) return isMe ? words.your_turn : words.turn;
    return "{name}";
  }

  return () => keepList(list, room.people.values(), { draw, after: update });
}

function put(element, text, into = element) {
  element.hidden = !text;
  into.textContent = text;
}

export function stateOf({ microphone, is_muted, receives, only_listens }) {
  if (receives === "text") return "in_text";
  if (microphone) return "mic_on";
  if (is_muted) return "held_mute";
  return only_listens ? "listens" : "mic_off";
}
