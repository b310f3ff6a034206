/* The list of the people in the room, and for facilitators those waiting or removed. */

import { copyOf, keepList, nameAll } from "./names.js";

export function people(root, words, room) {
  const inside = root.querySelector("[data-people]");
  const waiting = root.querySelector("[data-waiting]");
  const removed = root.querySelector("[data-removed]");

  function draw(template, card) {
    const drawn = copyOf(root.querySelector(template));
    nameAll(drawn, card.alias ?? words.someone);
    return drawn;
  }

  function drawInside(card) {
    const drawn = draw("[data-person-template]", card);
    drawn.querySelector("[data-staff]").hidden = card.role === "member";
    drawn.querySelector("[data-other]").hidden = card.who === room.you.who;
    for (const it of drawn.querySelectorAll("[data-member]")) it.hidden = card.role !== "member";
    return drawn;
  }

  function updateInside(drawn, { microphone, is_muted, only_listens }) {
    drawn.querySelector("[data-listens]").hidden = !only_listens;
    const [mute, allow] = ["mute", "allow_voice"].map((command) => drawn.querySelector(`[data-do=${command}]`));
    if (!mute) return;
    mute.hidden = is_muted || !microphone;
    allow.hidden = !is_muted;
  }

  function drawWaiting(card) {
    const drawn = draw("[data-waiting-template]", card);
    drawn.querySelector("[data-seated]").hidden = !card.has_seat;
    drawn.querySelector("[data-standby]").hidden = card.has_seat;
    drawn.querySelector("[data-new]").hidden = !card.is_new;
    return drawn;
  }

  const drawnFrom = ({ who, alias, role, has_seat, is_new }) => [who, alias, role, has_seat, is_new];
  return () => {
    keepList(inside, room.people.values(), { draw: drawInside, after: updateInside, drawnFrom });
    if (!waiting) return;
    keepList(waiting, room.waiting.values(), { draw: drawWaiting, drawnFrom });
    keepList(removed, room.removed.values(), { draw: (card) => draw("[data-removed-template]", card) });
    root.querySelector("[data-removed-section]").hidden = !room.removed.size;
    root.querySelector("[data-waiting-count]").textContent = room.waiting.size;
  };
}

/* Fills the list of whom one can report; everyone but oneself, `who` chosen. */
export function fillReport(root, room, who) {
  const select = root.querySelector("[data-report-who]");
  const others = [...room.people.values()].filter((card) => card.who !== room.you.who);
  select.replaceChildren(...others.map((card) => new Option(card.alias, card.who, false, card.who === who)));
}
