/* Messages between one person and the facilitators, in a dialog; and among facilitators, in their panel. */

import { KIND } from "./event_kinds.js";
import { copyOf, keepList, nameAll } from "./names.js";
import { aliasOf, nameOf } from "./aliases.js";
import { timeOf } from "./time.js";

export function privateMessages(root, words, room, { panels, toasts }) {
  const dialog = root.querySelector("[data-private]");
  const log = dialog.querySelector("[data-private-log]");
  const among = root.querySelector("[data-among-log]");
  const isStaff = Boolean(among);
  room.unreadPrivate = new Map(); // who → how many
  room.unreadAmong = 0;

  const messagesOf = (kind) => room.messages.filter((message) => message.kind === kind);

  function draw(message) {
    const drawn = copyOf(root.querySelector("[data-message-template]"));
    drawn.querySelectorAll(".line__tools, form").forEach((tool) => tool.remove());
    nameAll(drawn, nameOf(room, message.by, words));
    drawn.querySelector("time").textContent = timeOf(root, message.at);
    drawn.querySelector("[data-text]").textContent = message.text;
    return drawn;
  }

  function drawTalk() {
    const who = isStaff ? dialog.dataset.who : room.you?.who;
    const messages = messagesOf(KIND.PRIVATE_MESSAGE).filter((message) => message.who === who);
    log.replaceChildren(...messages.map(draw));
    log.parentElement.scrollTop = log.parentElement.scrollHeight;
    room.unreadPrivate.delete(who);
  }

  function drawSenders() {
    if (!isStaff) return;
    const senders = [...new Map(messagesOf(KIND.PRIVATE_MESSAGE).map((message) => [message.who, message])).values()];
    keepList(root.querySelector("[data-private-list]"), senders.map(({ who, text }) => ({ who, text, alias: aliasOf(room, who) ?? words.someone })), {
      draw({ alias }) {
        const drawn = copyOf(root.querySelector("[data-private-template]"));
        nameAll(drawn, alias);
        return drawn;
      },
      after(drawn, { who, text }) {
        drawn.querySelector("[data-last]").textContent = text;
        const badge = drawn.querySelector("[data-unread]");
        badge.hidden = !room.unreadPrivate.has(who);
        badge.textContent = room.unreadPrivate.get(who) ?? "";
      },
    });
    root.querySelector("[data-private-section]").hidden = !senders.length;
    among.replaceChildren(...messagesOf(KIND.BACK_CHANNEL).map(draw));
  }

  function receive(event) {
    if (event.by === room.you.who) return;
    const name = nameOf(room, event.by, words);
    if (event.kind === KIND.BACK_CHANNEL) {
      if (!panels.isOpen("host")) room.unreadAmong += 1;
      toasts.toast(words.wrote_among.replace("{name}", () => name), { label: words.open_it, data: { opens: "host" } });
    } else if (!dialog.open) {
      room.unreadPrivate.set(event.who, (room.unreadPrivate.get(event.who) ?? 0) + 1);
      const text = isStaff ? words.wrote_private.replace("{name}", () => name) : words.answered;
      toasts.toast(text, { label: words.open_it, data: { dialog: "private", ...(isStaff && { who: event.who }) } });
    }
  }

  panels.onOpen("private", () => (drawTalk(), drawSenders(), room.onCounts?.()));
  panels.onOpen("host", () => ((room.unreadAmong = 0), room.onCounts?.()));
  return (frame) => {
    const events = frame.type === "missed" ? frame.events : [frame];
    for (const event of events) if (event.kind === KIND.PRIVATE_MESSAGE || event.kind === KIND.BACK_CHANNEL) receive(event);
    if (dialog.open) drawTalk();
    drawSenders();
  };
}
