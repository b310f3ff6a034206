/* Lets a week be painted by mouse, touch and keyboard. Without it windows are told in words. */

import { Board } from "./board.js";
import { attachKeys } from "./keys.js";
import { attachStrokes } from "./strokes.js";

export function attach(form) {
  const board = new Board(form);
  const said = form.querySelector("[data-said]");
  const undo = form.querySelector("[data-undo]");
  const unsaved = form.querySelector("[data-unsaved-here]");
  const brush = () => form.elements.brush.value;
  let here = [8, 0];
  let start = null;

  function focus(place, { move = true } = {}) {
    const next = board.at(...place);
    board.at(...here).tabIndex = -1;
    here = place;
    next.tabIndex = 0;
    if (move) next.focus();
    select();
  }

  function select() {
    const [[row, day], [other, last]] = [start ?? here, here];
    for (const cell of board.body.querySelectorAll("td")) {
      const [r, d] = board.place(cell);
      const inside = (r - row) * (r - other) <= 0 && (d - day) * (d - last) <= 0;
      cell.ariaSelected = String(Boolean(start) && inside);
    }
  }

  const easel = {
    board,
    brush,
    get here() { return here; },
    get start() { return start; },
    set start(place) { start = place; select(); },
    focus,
    choose: (value) => { form.elements.brush.value = value; },
    remember: () => board.past.push([...board.cells]),
    show(told) {
      board.refresh();
      board.at(...here).tabIndex = 0;
      undo.disabled = !board.past.length;
      unsaved.textContent = board.past.length ? form.dataset.unsaved : "";
      if (told) said.textContent = told;
    },
  };

  board.grid.setAttribute("role", "grid");
  board.grid.setAttribute("aria-multiselectable", "true");
  board.draw(...here);
  attachKeys(easel);
  attachStrokes(easel, form.querySelector("[data-taps]"));
  undo.addEventListener("click", () => {
    board.cells = board.past.pop() ?? board.cells;
    easel.show();
  });
  form.querySelector("[data-grain]").addEventListener("change", (event) => {
    const quarter = here[0] * board.grain;
    board.grain = Number(event.target.value);
    here = [Math.floor(quarter / board.grain), here[1]];
    start = null;
    board.draw(...here);
  });
  for (const part of form.querySelectorAll("[data-tools], [data-help]")) part.hidden = false;
}
