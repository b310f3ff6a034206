/* The steps of the session, the present one with the time it still has. */

import { clock } from "./floor.js";

export function agenda(root, words, room) {
  const list = root.querySelector("[data-agenda]");
  let left;

  setInterval(() => {
    if (left) left.textContent = clock(Date.parse(room.agenda.ends_at) - Date.now());
  }, 1000);

  function draw({ title }, at) {
    const item = document.createElement("li");
    const isNow = at === room.agenda.current;
    const name = document.createElement(isNow ? "strong" : "span");
    name.dir = "auto";
    name.textContent = title;
    item.append(name);
    if (isNow) {
      item.setAttribute("aria-current", "step");
      left = document.createElement("span");
      left.setAttribute("role", "timer");
      item.append(" ", left);
    }
    return item;
  }

  return (frame) => {
    if (frame.type === "event" && frame.kind !== "agenda") return;
    left = null;
    list.hidden = !room.agenda;
    list.replaceChildren(...(room.agenda?.steps ?? []).map(draw));
  };
}
