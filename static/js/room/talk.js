/* The conversation. Lines appear in the server's order; what was taken away stays away. */

import { editable } from "./edit.js";
import { nameOf } from "./state.js";

const NEAR_THE_END_PX = 80;
const HERE = new Set(["said"]);

export function talk(root, words, room) {
  const log = root.querySelector("[data-log]");
  const template = root.querySelector("[data-line-template]");
  const clock = new Intl.DateTimeFormat(document.documentElement.lang, {
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23", // as every other hour of the site, whatever the browser's habit
    timeZone: root.dataset.zone,
  });

  function draw(line) {
    const drawn = template.content.firstElementChild.cloneNode(true);
    drawn.dataset.lineSeq = line.seq;
    drawn.classList.toggle("chat__line--mine", line.by === room.you.who);
    fill(drawn, line);
    return drawn;
  }

  function fill(drawn, line) {
    drawn.querySelector("[data-name]").textContent = nameOf(room, line.by, words);
    const card = room.people.get(line.by);
    drawn.querySelector("[data-staff]").hidden = !card || card.role === "member";
    const at = drawn.querySelector("[data-at]");
    at.dateTime = line.at;
    at.textContent = clock.format(new Date(line.at));
    drawn.querySelector("[data-text]").textContent = line.redacted ? words.redacted : line.text;
    drawn.querySelector("[data-note]").textContent = line.edited ? words.edited : "";
    const button = drawn.querySelector("[data-redact]");
    if (button) button.hidden = Boolean(line.redacted);
    editable(drawn, line, line.by === room.you.who);
  }

  function follow(add) {
    const isAtEnd = log.scrollHeight - log.scrollTop - log.clientHeight < NEAR_THE_END_PX;
    add();
    if (isAtEnd) log.scrollTop = log.scrollHeight;
  }

  return (frame) => {
    const events = frame.type === "missed" ? frame.events : [frame];
    if (frame.type === "room") {
      const lines = room.lines.filter(({ kind }) => HERE.has(kind));
      follow(() => log.replaceChildren(...lines.map(draw)));
    }
    for (const event of events) {
      if (HERE.has(event.kind)) follow(() => log.append(draw(event)));
      if (event.kind !== "edited" && event.kind !== "redacted") continue;
      const line = room.lines.find(({ seq }) => seq === event.line);
      const drawn = log.querySelector(`[data-line-seq="${event.line}"]`);
      if (line && drawn) fill(drawn, line);
    }
  };
}
