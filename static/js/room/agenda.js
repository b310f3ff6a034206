/* The steps of the session, the present one with the time it still has. Facilitators write them
   one by one; each change sends the whole list. */

import { clock } from "./floor.js";

export function agenda(root, words, room) {
  const list = root.querySelector("[data-agenda]");
  const desk = root.querySelector("[data-agenda-desk]");
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

  function drawAtDesk({ title, minutes }, at) {
    const item = template.content.firstElementChild.cloneNode(true);
    for (const name of item.querySelectorAll("[data-name]")) name.textContent = title;
    item.querySelector("[data-minutes]").textContent = minutes;
    for (const button of item.querySelectorAll("[data-do]")) button.dataset.step = at;
    return item;
  }

  return (frame) => {
    if (frame.type === "event" && frame.kind !== "agenda") return;
    const steps = room.agenda?.steps ?? [];
    left = null;
    list.hidden = !steps.length;
    list.replaceChildren(...steps.map(draw));
    desk?.replaceChildren(...steps.map(drawAtDesk));
  };
}

/* Returns the list that a wish to add or drop one step asks for, as the server's one verb. */
export function asAgenda(room, verb, { title, minutes, step }) {
  const steps = room.agenda?.steps ?? [];
  if (verb === "add_step") return { steps: [...steps, { title, minutes }] };
  return { steps: steps.filter((_, at) => at !== step) };
}
