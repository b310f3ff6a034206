/* Says what changed: urgent things at once, lines, comings and goings together and not too often.
   The conversation itself is not a live region: ten lines in a second would be read for a minute. */

import { nameOf } from "./state.js";

const QUIET_MS = 3000; // one announcement in three seconds, however many people come or write
const READ_OUT = 2; // of more, only the number
const COMINGS = { joined: "came", left: "went", sent_back: "sent_back", waiting: "waits" };
export const FINAL = new Set(["signed_out", "no_entry", "gone", "too_many"]);

export function announcer(root, words, room) {
  const alert = root.querySelector("[data-alert]");
  const status = root.querySelector("[data-announce]");
  const line = root.querySelector("[data-line]");
  const phase = root.querySelector("[data-phase]");
  const waiting = { several: [], several_lines: [] };
  let timer;

  function name(text, who) {
    return text.replace("{name}", () => nameOf(room, who, words));
  }

  function tellLater(text, kind = "several") {
    waiting[kind].push(text);
    timer ??= setTimeout(() => {
      status.textContent = Object.keys(waiting).map(together).filter(Boolean).join(" ");
      timer = undefined;
    }, QUIET_MS);
  }

  function together(kind) {
    const texts = waiting[kind].splice(0);
    return texts.length > READ_OUT ? words[kind].replace("{count}", texts.length) : texts.join(" ");
  }

  function tellPhase() {
    const key = room.phase === "on_hold" ? room.hold : room.phase;
    phase.textContent = [words[key], room.is_locked ? words.is_locked : ""].filter(Boolean).join(" ");
    phase.hidden = false;
    root.querySelector("[data-after]").hidden = room.phase !== "ended";
  }

  function urgent(text) {
    alert.textContent = text ?? "";
    alert.hidden = !text;
  }

  function say(frame, before) {
    if (before.standing !== room.you.standing) focusOn(room.you.standing);
    tellPhase();
    if (frame.type !== "event") return;
    if (frame.kind === "said" && frame.by !== room.you.who) {
      tellLater(name(words.wrote, frame.by).replace("{text}", () => frame.text), "several_lines");
    } else if (frame.kind in COMINGS && frame.who !== room.you.who) {
      tellLater(name(words[COMINGS[frame.kind]], frame.who));
    } else if (frame.kind === "turn_began") {
      tellLater(frame.who === room.you.who ? words.your_turn : name(words.turn, frame.who));
    } else if (frame.kind === "reacted") {
      tellLater(`${nameOf(room, frame.by, words)} ${words[frame.reaction]}`);
    } else if (frame.kind === "help_asked" && frame.who !== room.you.who) {
      urgent(name(words.help, frame.who));
    } else if (frame.kind === "reported") {
      urgent(name(words.reported, frame.who));
    }
  }

  function focusOn(standing) {
    root.querySelector(standing === "waiting" ? "#waiting-title" : "#talk-title").focus();
  }

  say.refusal = (code) => urgent(code && (words[code] ?? words.unavailable));
  say.line = (key) => {
    line.textContent = words[key];
    if (!FINAL.has(key)) return;
    for (const part of root.querySelectorAll("[data-show]")) part.hidden = true;
    root.querySelector("[data-after]").hidden = false;
    urgent(words[key]);
    alert.focus();
  };
  return say;
}
