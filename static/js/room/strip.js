/* The strip at the top: time left, how many are here, and how the connection is. */

import { nameOf } from "./aliases.js";

const MINUTE_MS = 60_000;
const LOOK_MS = 10_000;

export function strip(root, words, room) {
  const time = root.querySelector("[data-time-left]");
  const phase = root.querySelector("[data-phase]");
  const lead = root.querySelector("[data-lead]");

  function showTime() {
    if (!room.starts_at) return;
    const [toStart, toEnd] = [room.starts_at, room.ends_at].map((at) => (Date.parse(at) - Date.now()) / MINUTE_MS);
    const [text, minutes] = toStart > 0 ? [words.starts_in, toStart] : [words.time_left, toEnd];
    time.textContent = toEnd > 0 ? text.replace("{minutes}", Math.ceil(minutes)) : words.overtime;
  }

  /* Returns what is special about the room now, or an empty text. */
  function phaseText() {
    const isHostBack = room.hold === "no_facilitator" && room.hosts.length > 0;
    const key = room.phase === "on_hold" ? (isHostBack ? "host_is_back" : room.hold) : room.phase;
    const isUsual = key === "open" || key === "ended";
    return [isUsual ? "" : words[key], room.is_locked ? words.is_locked : ""].filter(Boolean).join(" ");
  }

  setInterval(showTime, LOOK_MS);
  return () => {
    showTime();
    phase.textContent = phaseText();
    phase.hidden = !phase.textContent;
    for (const count of root.querySelectorAll("[data-count]")) count.textContent = room.count || "";
    for (const text of root.querySelectorAll("[data-in-room]")) text.textContent = words.in_room.replace("{count}", room.count);
    for (const note of root.querySelectorAll("[data-crowd]")) note.hidden = room.people.size >= room.count;
    if (lead) lead.textContent = room.lead ? nameOf(room, room.lead, words) : "";
  };
}
