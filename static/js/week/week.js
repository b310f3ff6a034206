/* Lets a week be set by mouse, touch and keyboard. Without it hours are added with a form. */

import { WeekGrid } from "./grid.js";
import { attachKeyboard } from "./keyboard.js";
import { attachPointer } from "./pointer.js";

export function attach(form) {
  const grid = new WeekGrid(form);
  const status = form.querySelector("[data-status]");
  const undo = form.querySelector("[data-undo]");
  const unsaved = form.querySelector("[data-unsaved-here]");
  const level = () => form.elements.level.value;
  let here = [8, 0];
  let start = null;

  function focus(place, { move = true } = {}) {
    const next = grid.at(...place);
    grid.at(...here).tabIndex = -1;
    here = place;
    next.tabIndex = 0;
    if (move) next.focus();
    select();
  }

  function select() {
    const [[row, day], [other, last]] = [start ?? here, here];
    for (const cell of grid.body.querySelectorAll("td")) {
      const [r, d] = grid.place(cell);
      const inside = (r - row) * (r - other) <= 0 && (d - day) * (d - last) <= 0;
      cell.ariaSelected = String(Boolean(start) && inside);
    }
  }

  const editor = {
    grid,
    level,
    get here() { return here; },
    get start() { return start; },
    set start(place) { start = place; select(); },
    focus,
    choose: (value) => { form.elements.level.value = value; },
    remember: () => grid.past.push([...grid.cells]),
    show(words) {
      grid.refresh();
      grid.at(...here).tabIndex = 0;
      undo.disabled = !grid.past.length;
      unsaved.textContent = grid.past.length ? form.dataset.unsaved : "";
      if (words) status.textContent = words;
    },
  };

  grid.table.setAttribute("role", "grid");
  grid.table.setAttribute("aria-multiselectable", "true");
  grid.draw(...here);
  attachKeyboard(editor);
  attachPointer(editor, form.querySelector("[data-taps]"));
  undo.addEventListener("click", () => {
    grid.cells = grid.past.pop() ?? grid.cells;
    editor.show();
  });
  form.querySelector("[data-grain]").addEventListener("change", (event) => {
    const quarter = here[0] * grid.grain;
    grid.grain = Number(event.target.value);
    here = [Math.floor(quarter / grid.grain), here[1]];
    start = null;
    grid.draw(...here);
  });
  for (const part of form.querySelectorAll("[data-tools]")) part.hidden = false;
}
