/* The chat, in the server's order; what came while it was closed stands below a line. */

import { editable } from "./edit.js";
import { KIND } from "./event_kinds.js";
import { copyOf, nameAll } from "./names.js";
import { aliasOf } from "./aliases.js";
import { timeOf } from "./time.js";

const NEAR_THE_END_PX = 80; // within which the log follows new messages

export function chat(root, words, room, { panels }) {
  const log = root.querySelector("[data-log]");
  const scroll = root.querySelector("[data-log-scroll]");
  const template = root.querySelector("[data-message-template]");
  const divider = copyOf(root.querySelector("[data-unread-template]"));
  room.unread = 0;

  function draw(message) {
    const drawn = copyOf(template);
    drawn.dataset.messageSeq = message.seq;
    fill(drawn, message);
    return drawn;
  }

  function fill(drawn, message) {
    nameAll(drawn, aliasOf(room, message.by) ?? message.alias);
    const card = room.people.get(message.by);
    drawn.querySelector("[data-staff]").hidden = !card || card.role === "member";
    const at = drawn.querySelector("time");
    at.dateTime = message.at;
    at.textContent = timeOf(root, message.at);
    drawn.querySelector("[data-text]").textContent = message.redacted ? words.redacted : message.text;
    drawn.querySelector("[data-note]").textContent = message.edited ? words.edited : "";
    const button = drawn.querySelector("[data-redact]");
    if (button) button.hidden = Boolean(message.redacted);
    editable(drawn, message, message.by === room.you.who);
  }

  function follow(add) {
    const isAtEnd = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < NEAR_THE_END_PX;
    add();
    if (isAtEnd) scroll.scrollTop = scroll.scrollHeight;
  }

  function add(event) {
    if (event.by !== room.you.who && !panels.isOpen("chat")) {
      if (!room.unread) log.append(divider);
      room.unread += 1;
    } else if (panels.isOpen("chat") && !room.unread && event.by === room.you.who) divider.remove();
    follow(() => log.append(draw(event)));
  }

  panels.onOpen("chat", () => {
    room.unread = 0;
    if (divider.isConnected) divider.scrollIntoView({ block: "center" });
    else scroll.scrollTop = scroll.scrollHeight;
    room.onCounts?.();
  });

  return (frame) => {
    const events = frame.type === "missed" ? frame.events : [frame];
    if (frame.type === "room") {
      const messages = room.messages.filter(({ kind }) => kind === KIND.SAID);
      follow(() => log.replaceChildren(...messages.map(draw)));
    }
    for (const event of events) {
      if (event.kind === KIND.SAID) add(event);
      if (event.kind !== KIND.EDITED && event.kind !== KIND.REDACTED) continue;
      const message = room.messages.find(({ seq }) => seq === event.message_seq);
      const drawn = log.querySelector(`[data-message-seq="${event.message_seq}"]`);
      if (message && drawn) fill(drawn, message);
    }
  };
}
