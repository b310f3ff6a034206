/* Whose turn it is, how long the share lasts, and for facilitators the raised hands in order. */

import { copyOf, keepList, nameAll, putSentence } from "./names.js";
import { aliasOf } from "./aliases.js";

const SECOND_MS = 1000;

export function turns(root, words, room) {
  const hands = root.querySelector("[data-hands]");
  const turn = root.querySelector("[data-turn]");
  const left = root.querySelector("[data-left]");
  const share = root.querySelector("[data-share]");
  const finishing = root.querySelector("[data-finishing]");

  const named = (who) => aliasOf(room, who) ?? words.someone;

  function drawHand({ alias }) {
    const hand = copyOf(root.querySelector("[data-hand-template]"));
    nameAll(hand, alias);
    return hand;
  }

  /* Shows the time left. When it is over, a sentence asks the speaker to finish, and tells the others
     that they are finishing; there is no alarm and no negative time. */
  function tick() {
    const current = room.turns.turn;
    const [beganAt, endsAt] = [Date.parse(current?.began_at), Date.parse(current?.ends_at)];
    const isOver = endsAt <= Date.now();
    left.textContent = endsAt && !isOver ? words.left.replace("{time}", clock(endsAt - Date.now())) : "";
    share.hidden = !endsAt;
    if (endsAt) Object.assign(share, { max: endsAt - beganAt, value: Math.min(Date.now(), endsAt) - beganAt });
    const sentence = current?.who === room.you?.who ? words.time_is_up : words.finishing;
    const text = isOver ? sentence.replace("{name}", () => named(current.who)) : "";
    if (finishing.textContent !== text) finishing.textContent = text; // so that it is read out once
  }

  setInterval(tick, SECOND_MS);
  return () => {
    const speaker = room.turns.turn?.who;
    turn.hidden = !speaker;
    const sentence = speaker === room.you.who ? words.your_turn : words.turn;
    putSentence(turn.querySelector("[data-speaker]"), speaker ? sentence : "", speaker ? named(speaker) : "");
    tick();
    if (!hands) return;
    const raised = room.turns.hands ?? [];
    keepList(hands, raised.map((who) => ({ who, alias: named(who) })), { draw: drawHand });
    root.querySelector("[data-hands-count]").textContent = raised.length;
  };
}

export function clock(milliseconds) {
  const seconds = Math.max(0, Math.round(milliseconds / SECOND_MS));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
