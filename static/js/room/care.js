/* Private lines: between one person and the facilitators, and among facilitators. */

import { nameOf } from "./state.js";

const NOTES = { private_line: "private", back_channel: "back_channel" };

export function care(root, words, room) {
  const log = root.querySelector("[data-whispers]");
  const template = root.querySelector("[data-line-template]");

  function draw(line) {
    const drawn = template.content.firstElementChild.cloneNode(true);
    for (const tool of drawn.querySelectorAll("[data-redact], [data-edit], form")) tool.remove();
    drawn.querySelector("[data-name]").textContent = nameOf(room, line.by, words);
    drawn.querySelector("[data-note]").textContent = words[NOTES[line.kind]];
    drawn.querySelector("[data-text]").textContent = line.text;
    drawn.append(...answer(line));
    return drawn;
  }

  /* A facilitator answers where the line stands. */
  function answer(line) {
    if (line.kind !== "private_line" || room.you.role === "member" || line.by !== line.who) return [];
    const form = root.querySelector("[data-do=tell_facilitators]").cloneNode(true);
    form.dataset.do = "answer";
    form.dataset.who = line.who;
    for (const field of form.querySelectorAll("[id]")) field.id += `-${line.seq}`;
    for (const label of form.querySelectorAll("label")) {
      label.htmlFor += `-${line.seq}`;
      label.textContent = nameOf(room, line.by, words);
    }
    return [form];
  }

  return (frame) => {
    const events = frame.type === "missed" ? frame.events : [frame];
    if (frame.type === "room") {
      log.replaceChildren(...room.lines.filter(({ kind }) => kind in NOTES).map(draw));
    }
    for (const event of events) if (event.kind in NOTES) log.append(draw(event));
  };
}
