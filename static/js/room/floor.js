/* Raised hands in order, whose turn it is, and how long the share still lasts. */

import { nameOf } from "./state.js";

const SECOND_MS = 1000;

export function floor(root, words, room) {
  const hands = root.querySelector("[data-hands]");
  const template = root.querySelector("[data-hand-template]");
  const turn = root.querySelector("[data-turn]");
  const left = root.querySelector("[data-left]");
  const finishing = root.querySelector("[data-finishing]");
  let drawn = "";

  function drawHand(who) {
    const hand = template.content.firstElementChild.cloneNode(true);
    hand.dataset.who = who;
    hand.querySelector("[data-name]").textContent = nameOf(room, who, words);
    return hand;
  }

  /* At the end no alarm and no red: the speaker is told to finish in peace, the others that she is
     finishing. Nobody is cut off. */
  function tick() {
    const speaks = room.floor.turn;
    const endsAt = speaks?.ends_at && Date.parse(speaks.ends_at);
    const isOver = Boolean(endsAt) && endsAt <= Date.now();
    left.textContent = endsAt && !isOver ? clock(endsAt - Date.now()) : "";
    const kindly = speaks?.who === room.you?.who ? words.time_is_up : words.finishing;
    const told = isOver ? kindly.replace("{name}", () => nameOf(room, speaks.who, words)) : "";
    if (finishing.textContent !== told) finishing.textContent = told; // read out once
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
