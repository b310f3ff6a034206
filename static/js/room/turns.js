/* Raised hands in order, whose turn it is, and how long the share lasts. */

import { nameOf } from "./state.js";

const SECOND_MS = 1000;

export function turns(root, words, room) {
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

  /* Shows the time left. When it is over, a sentence asks the speaker to finish, and tells the others
     that they are finishing; there is no alarm and no negative time. */
  function tick() {
    const current = room.turns.turn;
    const endsAt = current?.ends_at && Date.parse(current.ends_at);
    const isOver = Boolean(endsAt) && endsAt <= Date.now();
    left.textContent = endsAt && !isOver ? clock(endsAt - Date.now()) : "";
    const sentence = current?.who === room.you?.who ? words.time_is_up : words.finishing;
    const text = isOver ? sentence.replace("{name}", () => nameOf(room, current.who, words)) : "";
    if (finishing.textContent !== text) finishing.textContent = text; // so that it is read out once
  }

  setInterval(tick, SECOND_MS);
  return () => {
    const now = JSON.stringify([room.turns, [...room.people.keys()]]);
    if (now === drawn) return;
    drawn = now;
    hands.replaceChildren(...(room.turns.hands ?? []).map(drawHand));
    turn.hidden = !room.turns.turn;
    const speaker = turn.querySelector("[data-speaker]");
    speaker.textContent = room.turns.turn ? nameOf(room, room.turns.turn.who, words) : "";
    tick();
  };
}

export function clock(milliseconds) {
  const seconds = Math.max(0, Math.round(milliseconds / SECOND_MS));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
