/* Announces changes to screen readers: urgent ones at once, others together and at intervals. The chat
   log is not a live region, because reading out ten messages takes a minute. */

import { KIND } from "./event_kinds.js";
import { nameOf } from "./state.js";

const INTERVAL_MS = 3000; // between two announcements
const READ_OUT = 2; // for more than these only their number is announced
const MOVES = {
  [KIND.JOINED]: "came",
  [KIND.LEFT]: "went",
  [KIND.SENT_BACK]: "sent_back",
  [KIND.WAITING]: "waits",
};
export const FINAL = new Set(["signed_out", "no_entry", "gone", "too_many"]);

export function announcer(root, words, room) {
  const alert = root.querySelector("[data-alert]");
  const status = root.querySelector("[data-announce]");
  const connection = root.querySelector("[data-connection]");
  const phase = root.querySelector("[data-phase]");
  const waiting = { several: [], several_messages: [] };
  let timer;

  function name(text, who) {
    return text.replace("{name}", () => nameOf(room, who, words));
  }

  function announceLater(text, kind = "several") {
    waiting[kind].push(text);
    timer ??= setTimeout(() => {
      status.textContent = Object.keys(waiting).map(join).filter(Boolean).join(" ");
      timer = undefined;
    }, INTERVAL_MS);
  }

  function join(kind) {
    const texts = waiting[kind].splice(0);
    return texts.length > READ_OUT ? words[kind].replace("{count}", texts.length) : texts.join(" ");
  }

  function showPhase() {
    const key = room.phase === "on_hold" ? room.hold : room.phase;
    phase.textContent = [words[key], room.is_locked ? words.is_locked : ""].filter(Boolean).join(" ");
    phase.hidden = false;
    root.querySelector("[data-after]").hidden = room.phase !== "ended";
  }

  function urgent(text) {
    alert.textContent = text ?? "";
    alert.hidden = !text;
  }

  function announce(frame, before) {
    if (before.status !== room.you.status) focusOn(room.you.status);
    showPhase();
    if (frame.type !== "event") return;
    if (frame.kind === KIND.SAID && frame.by !== room.you.who) {
      announceLater(name(words.wrote, frame.by).replace("{text}", () => frame.text), "several_messages");
    } else if (frame.kind in MOVES && frame.who !== room.you.who) {
      announceLater(name(words[MOVES[frame.kind]], frame.who));
    } else if (frame.kind === KIND.TURN_BEGAN) {
      announceLater(frame.who === room.you.who ? words.your_turn : name(words.turn, frame.who));
    } else if (frame.kind === KIND.REACTED) {
      announceLater(`${nameOf(room, frame.by, words)} ${words[frame.reaction]}`);
    } else if (frame.kind === KIND.HELP_ASKED && frame.who !== room.you.who) {
      urgent(name(words.help, frame.who));
    } else if (frame.kind === KIND.REPORTED) {
      urgent(name(words.reported, frame.who));
    }
  }

  function focusOn(status) {
    root.querySelector(status === "waiting" ? "#waiting-title" : "#chat-title").focus();
  }

  announce.refusal = (code) => urgent(code && (words[code] ?? words.unavailable));
  announce.connection = (key) => {
    connection.textContent = words[key];
    if (!FINAL.has(key)) return;
    for (const part of root.querySelectorAll("[data-show]")) part.hidden = true;
    root.querySelector("[data-after]").hidden = false;
    urgent(words[key]);
    alert.focus();
  };
  return announce;
}
