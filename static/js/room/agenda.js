/* The agenda, with the time left of the current step. Facilitators change one step at a time, and the
   whole list is sent. */

import { KIND } from "./event_kinds.js";
import { clock } from "./turns.js";

export function agenda(root, words, room) {
  const list = root.querySelector("[data-agenda]");
  const editor = root.querySelector("[data-agenda-editor]");
  const template = root.querySelector("[data-step-template]");
  let left;

  setInterval(() => {
    if (left) left.textContent = clock(Date.parse(room.agenda.ends_at) - Date.now());
  }, 1000);

  function draw({ title }, at) {
    const item = document.createElement("li");
    const isNow = at === room.agenda.current;
    const name = document.createElement(isNow ? "strong" : "bdi");
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

  function drawInEditor({ title, minutes }, at) {
    const item = template.content.firstElementChild.cloneNode(true);
    for (const name of item.querySelectorAll("[data-name]")) name.textContent = title;
    item.querySelector("[data-minutes]").textContent = minutes;
    for (const button of item.querySelectorAll("[data-do]")) button.dataset.step = at;
    return item;
  }

  return (frame) => {
    if (frame.type === "event" && frame.kind !== KIND.AGENDA) return;
    const steps = room.agenda?.steps ?? [];
    left = null;
    list.hidden = !steps.length;
    list.replaceChildren(...steps.map(draw));
    editor?.replaceChildren(...steps.map(drawInEditor));
  };
}

/* Returns the fields of set_agenda that add or drop one step. */
export function asAgenda(room, command, { title, minutes, step }) {
  const steps = room.agenda?.steps ?? [];
  if (command === "add_step") return { steps: [...steps, { title, minutes }] };
  return { steps: steps.filter((_, at) => at !== step) };
}
