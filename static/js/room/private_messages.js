/* Messages between one person and the facilitators, and among facilitators. */

import { KIND } from "./event_kinds.js";
import { nameOf } from "./state.js";

const NOTES = { [KIND.PRIVATE_MESSAGE]: "private", [KIND.BACK_CHANNEL]: "back_channel" };

export function privateMessages(root, words, room) {
  const log = root.querySelector("[data-private-log]");
  const template = root.querySelector("[data-message-template]");

  function draw(message) {
    const drawn = template.content.firstElementChild.cloneNode(true);
    for (const tool of drawn.querySelectorAll("[data-redact], [data-edit], form")) tool.remove();
    drawn.querySelector("[data-name]").textContent = nameOf(room, message.by, words);
    drawn.querySelector("[data-note]").textContent = words[NOTES[message.kind]];
    drawn.querySelector("[data-text]").textContent = message.text;
    drawn.append(...answerForm(message));
    return drawn;
  }

  /* Returns the form with which a facilitator answers, below the message. */
  function answerForm(message) {
    const isAnswerable = message.kind === KIND.PRIVATE_MESSAGE && message.by === message.who;
    if (!isAnswerable || room.you.role === "member") return [];
    const form = root.querySelector("[data-do=message_facilitators]").cloneNode(true);
    form.dataset.do = "answer";
    form.dataset.who = message.who;
    for (const field of form.querySelectorAll("[id]")) field.id += `-${message.seq}`;
    for (const label of form.querySelectorAll("label")) {
      label.htmlFor += `-${message.seq}`;
      label.textContent = nameOf(room, message.by, words);
    }
    return [form];
  }

  return (frame) => {
    const events = frame.type === "missed" ? frame.events : [frame];
    if (frame.type === "room") {
      log.replaceChildren(...room.messages.filter(({ kind }) => kind in NOTES).map(draw));
    }
    for (const event of events) if (event.kind in NOTES) log.append(draw(event));
  };
}
