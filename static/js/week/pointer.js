/* A week by mouse and touch: a tap or a drag sets hours; a finger that scrolls takes it back. */

export function attachPointer(editor, taps) {
  const { grid } = editor;
  let drag = null;

  const cellAt = (event) =>
    document.elementFromPoint(event.clientX, event.clientY)?.closest("[data-grid] tbody td");

  /* A day's or an hour's name stands for its whole column or row. */
  function whole(head) {
    if (head.parentElement.parentElement === grid.body) {
      const row = head.parentElement.sectionRowIndex;
      return [[row, 0], [row, 6]];
    }
    const day = head.cellIndex - 1;
    return [[0, day], [grid.rows - 1, day]];
  }

  function fill(from, to) {
    editor.remember();
    editor.show(grid.fill(from, to, editor.level()));
  }

  grid.table.addEventListener("pointerdown", (event) => {
    const cell = event.target.closest("td[data-v]");
    if (!cell || event.button) return;
    const place = grid.place(cell);
    cell.releasePointerCapture?.(event.pointerId);
    if (event.shiftKey || (taps.checked && editor.start)) {
      const from = editor.start ?? editor.here;
      editor.start = null;
      editor.focus(place);
      fill(from, place);
    } else if (!taps.checked) {
      drag = { from: place, before: [...grid.cells], words: "" };
      editor.start = null;
      editor.focus(place, { move: event.pointerType === "mouse" });
      drag.words = grid.fill(place, place, editor.level());
      editor.show();
    } else {
      editor.focus(place, { move: false });
      editor.start = place;
    }
    if (event.pointerType === "mouse") event.preventDefault();
  });

  document.addEventListener("pointermove", (event) => {
    const cell = drag && cellAt(event);
    if (!cell) return;
    grid.cells = [...drag.before];
    drag.words = grid.fill(drag.from, grid.place(cell), editor.level());
    editor.show();
  });

  document.addEventListener("pointerup", () => {
    if (!drag) return;
    grid.past.push(drag.before);
    editor.show(drag.words);
    drag = null;
  });

  document.addEventListener("pointercancel", () => {
    if (!drag) return;
    grid.cells = drag.before;
    drag = null;
    editor.show();
  });

  grid.table.addEventListener("click", (event) => {
    const head = event.target.closest("th");
    if (head) fill(...whole(head));
  });
}
