/* A week by mouse and touch: a tap or a drag paints; a finger that scrolls takes its paint back. */

export function attachStrokes(easel, taps) {
  const { board } = easel;
  let stroke = null;

  const cellAt = (event) =>
    document.elementFromPoint(event.clientX, event.clientY)?.closest("[data-grid] tbody td");

  /* A day's or an hour's name stands for its whole column or row. */
  function whole(head) {
    if (head.parentElement.parentElement === board.body) {
      const row = head.parentElement.sectionRowIndex;
      return [[row, 0], [row, 6]];
    }
    const day = head.cellIndex - 1;
    return [[0, day], [board.rows - 1, day]];
  }

  function paint(from, to) {
    easel.remember();
    easel.show(board.paint(from, to, easel.brush()));
  }

  board.grid.addEventListener("pointerdown", (event) => {
    const cell = event.target.closest("td[data-v]");
    if (!cell || event.button) return;
    const place = board.place(cell);
    cell.releasePointerCapture?.(event.pointerId);
    if (event.shiftKey || (taps.checked && easel.start)) {
      const from = easel.start ?? easel.here;
      easel.start = null;
      easel.focus(place);
      paint(from, place);
    } else if (!taps.checked) {
      stroke = { from: place, before: [...board.cells], told: "" };
      easel.start = null;
      easel.focus(place, { move: event.pointerType === "mouse" });
      stroke.told = board.paint(place, place, easel.brush());
      easel.show();
    } else {
      easel.focus(place, { move: false });
      easel.start = place;
    }
    if (event.pointerType === "mouse") event.preventDefault();
  });

  document.addEventListener("pointermove", (event) => {
    const cell = stroke && cellAt(event);
    if (!cell) return;
    board.cells = [...stroke.before];
    stroke.told = board.paint(stroke.from, board.place(cell), easel.brush());
    easel.show();
  });

  document.addEventListener("pointerup", () => {
    if (!stroke) return;
    board.past.push(stroke.before);
    easel.show(stroke.told);
    stroke = null;
  });

  document.addEventListener("pointercancel", () => {
    if (!stroke) return;
    board.cells = stroke.before;
    stroke = null;
    easel.show();
  });

  board.grid.addEventListener("click", (event) => {
    const head = event.target.closest("th");
    if (head) paint(...whole(head));
  });
}
