/* The chat log, in the server's order. */

import { editable } from "./edit.js";
import { KIND } from "./event_kinds.js";
import { nameOf } from "./state.js";

const NEAR_THE_END_PX = 80; // within which the log follows new messages

export function chat(root, words, room) {
  const log = root.querySelector("[data-log]");
  const template = root.querySelector("[data-message-template]");
  const clock = new Intl.DateTimeFormat(document.documentElement.lang, {
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23", // as on all pages of the site
    timeZone: root.dataset.zone,
  });

  function draw(message) {
    const drawn = template.content.firstElementChild.cloneNode(true);
    drawn.dataset.messageSeq = message.seq;
    drawn.classList.toggle("chat__message--mine", message.by === room.you.who);
    fill(drawn, message);
    return drawn;
  }

  function fill(drawn, message) {
    drawn.querySelector("[data-name]").textContent = nameOf(room, message.by, words);
    const card = room.people.get(message.by);
    drawn.querySelector("[data-staff]").hidden = !card || card.role === "member";
    const at = drawn.querySelector("[data-at]");
    at.dateTime = message.at;
    at.textContent = clock.format(new Date(message.at));
    drawn.querySelector("[data-text]").textContent = message.redacted ? words.redacted : message.text;
    drawn.querySelector("[data-note]").textContent = message.edited ? words.edited : "";
    const button = drawn.querySelector("[data-redact]");
    if (button) button.hidden = Boolean(message.redacted);
    editable(drawn, message, message.by === room.you.who);
  }

  function follow(add) {
    const isAtEnd = log.scrollHeight - log.scrollTop - log.clientHeight < NEAR_THE_END_PX;
    add();
    if (isAtEnd) log.scrollTop = log.scrollHeight;
  }

  return (frame) => {
    const events = frame.type === "missed" ? frame.events : [frame];
    if (frame.type === "room") {
      const messages = room.messages.filter(({ kind }) => kind === KIND.SAID);
      follow(() => log.replaceChildren(...messages.map(draw)));
    }
    for (const event of events) {
      if (event.kind === KIND.SAID) follow(() => log.append(draw(event)));
      if (event.kind !== KIND.EDITED && event.kind !== KIND.REDACTED) continue;
      const message = room.messages.find(({ seq }) => seq === event.message_seq);
      const drawn = log.querySelector(`[data-message-seq="${event.message_seq}"]`);
      if (message && drawn) fill(drawn, message);
    }
  };
}
