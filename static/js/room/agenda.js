/* The agenda as a line of steps, with the time left of the current one. Facilitators change one step at
   a time, and the whole list is sent. */

import { KIND } from "./event_kinds.js";
import { copyOf, nameAll, replaceAll } from "./names.js";
import { clock } from "./turns.js";

export function agenda(root, words, room) {
  const list = root.querySelector("[data-agenda]");
  const now = root.querySelector("[data-step-now]");
  const left = root.querySelector("[data-step-left]");
  const editor = root.querySelector("[data-agenda-editor]");
  const template = root.querySelector("[data-step-template]");

  function tick() {
    const endsAt = Date.parse(room.agenda?.ends_at);
    left.textContent = endsAt > Date.now() ? words.left.replace("{time}", clock(endsAt - Date.now())) : "";
  }

  function draw({ title, minutes }, at) {
    const item = document.createElement("li");
    const name = document.createElement("span");
    name.dir = "auto";
    name.textContent = title;
    item.dataset.min = 5 * Math.max(1, Math.min(6, Math.round(minutes / 5)));
    item.classList.toggle("past", at < room.agenda.current);
    if (at === room.agenda.current) item.setAttribute("aria-current", "step");
    item.append(name);
    return item;
  }

  function drawInEditor({ title, minutes }, at) {
    const item = copyOf(template);
    nameAll(item, title);
    item.querySelector("[data-minutes]").textContent = minutes;
    for (const button of item.querySelectorAll("[data-do]")) button.dataset.step = at;
    return item;
  }

  setInterval(tick, 1000);
  return (frame) => {
    if (frame.type === "event" && frame.kind !== KIND.AGENDA) return;
    const steps = room.agenda?.steps ?? [];
    const current = steps[room.agenda?.current];
    list.hidden = !steps.length;
    list.replaceChildren(...steps.map(draw));
    now.hidden = !current;
    now.querySelector("[data-step-title]").textContent = current?.title ?? "";
    if (editor) replaceAll(editor, steps.map(drawInEditor));
    tick();
  };
}

/* Returns the fields of set_agenda that add or drop one step. */
export function asAgenda(room, command, { title, minutes, step }) {
  const steps = room.agenda?.steps ?? [];
  if (command === "add_step") return { steps: [...steps, { title, minutes }] };
  return { steps: steps.filter((_, at) => at !== step) };
}
