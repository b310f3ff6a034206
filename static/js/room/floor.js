/* Raised hands in order, whose turn it is, and how long the share still lasts. */

import { nameOf } from "./state.js";

const SECOND_MS = 1000;

export function floor(root, words, room) {
  const hands = root.querySelector("[data-hands]");
  const template = root.querySelector("[data-hand-template]");
  const turn = root.querySelector("[data-turn]");
  const left = root.querySelector("[data-left]");
  let drawn = "";

  function drawHand(who) {
    const hand = template.content.firstElementChild.cloneNode(true);
    hand.dataset.who = who;
    hand.querySelector("[data-name]").textContent = nameOf(room, who, words);
    return hand;
  }

  function tick() {
    const endsAt = room.floor.turn?.ends_at;
    left.textContent = endsAt ? clock(Date.parse(endsAt) - Date.now()) : "";
    const isOver = endsAt && Date.parse(endsAt) < Date.now();
    turn.classList.toggle("notice", Boolean(isOver));
    left.title = isOver ? words.time_is_up : "";
  }

  setInterval(tick, SECOND_MS);
  return () => {
    const now = JSON.stringify([room.floor, [...room.people.keys()]]);
    if (now === drawn) return;
    drawn = now;
    hands.replaceChildren(...(room.floor.hands ?? []).map(drawHand));
    turn.hidden = !room.floor.turn;
    const speaker = turn.querySelector("[data-speaker]");
    speaker.textContent = room.floor.turn ? nameOf(room, room.floor.turn.who, words) : "";
    tick();
  };
}

export function clock(milliseconds) {
  const seconds = Math.max(0, Math.round(milliseconds / SECOND_MS));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
