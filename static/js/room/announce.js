/* Tells screen readers what changes, together and at intervals that leave time to listen. The chat is
   not a live region, because reading out ten messages takes a minute. */

import { KIND } from "./event_kinds.js";
import { setting } from "./settings.js";
import { nameOf } from "./aliases.js";

const INTERVAL_MS = 3000; // between two announcements, at least
const WORD_MS = 350; // to say one word
const STAYS_MS = 6000;
const READ_OUT = 2; // for more than these only their number is announced
const BUSY_LINES = 10; // in a minute; then only their number
const MINUTE_MS = 60_000;

export function announcer(root, words, room) {
  const status = root.querySelector("[data-announce]");
  const waiting = { changes: [], several: [], several_messages: [] }; // changes are never only counted
  let [timer, nextAt, clearing, lines] = [null, 0, null, []];

  const named = (key, who) => words[key].replace("{name}", () => nameOf(room, who, words));

  function later(text, kind = "several") {
    waiting[kind].push(text);
    timer ??= setTimeout(say, Math.max(INTERVAL_MS, nextAt - Date.now()));
  }

  function say() {
    const text = Object.keys(waiting).map(join).filter(Boolean).join(" ");
    timer = null;
    nextAt = Date.now() + text.split(/\s+/).length * WORD_MS;
    status.textContent = text;
    clearTimeout(clearing);
    clearing = setTimeout(() => (status.textContent = ""), STAYS_MS); // nobody finds old news in it
  }

  function join(kind) {
    const texts = waiting[kind].splice(0);
    const isMany = texts.length > READ_OUT && kind !== "changes";
    const isCounted = isMany || (kind === "several_messages" && texts.length && countsOnly());
    return isCounted ? words[kind].replace("{count}", texts.length) : texts.join(" ");
  }

  function countsOnly() {
    const mode = setting("read_aloud");
    lines = lines.filter((at) => at > Date.now() - MINUTE_MS);
    return mode === "count" || (mode === "" && lines.length > BUSY_LINES);
  }

  function message(frame) {
    if (setting("read_aloud") === "none") return;
    lines.push(Date.now());
    later(named("wrote", frame.by).replace("{text}", () => frame.text), "several_messages");
  }

  function agendaText() {
    const step = room.agenda?.steps[room.agenda.current];
    return step ? words.step_now.replace("{title}", () => step.title) : words.agenda_changed;
  }

  const about = (key, kind) => (frame) => frame.who === room.you.who || later(named(key, frame.who), kind);
  const change = (text) => later(text, "changes");
  const texts = {
    [KIND.SAID]: (frame) => frame.by === room.you.who || message(frame),
    [KIND.JOINED]: about("came"),
    [KIND.LEFT]: about("went"),
    [KIND.SENT_BACK]: about("sent_back"),
    [KIND.WAITING]: about("waits"),
    [KIND.HAND_RAISED]: about("raised"),
    [KIND.LEAD_CHANGED]: about("leads", "changes"),
    [KIND.REPORTED]: about("reported", "changes"),
    [KIND.TURN_BEGAN]: (frame) => change(frame.who === room.you.who ? words.your_turn : named("turn", frame.who)),
    [KIND.REACTED]: (frame) => later(named(frame.reaction, frame.by)),
    [KIND.PHASE]: () => change(words[room.phase === "on_hold" ? room.hold : room.phase]),
    [KIND.LOCKED]: ({ on }) => change(on ? words.is_locked : words.unlocked),
    [KIND.AGENDA]: () => change(agendaText()),
  };

  return (frame) => frame.type === "event" && texts[frame.kind]?.(frame);
}
