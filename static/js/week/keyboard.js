/* A week by keyboard: arrows move, Shift takes several, 1 to 4 and the space bar set the level. */

const LEVELS = { 1: "0", 2: "1", 3: "2", 4: "3" };
const PAGE_QUARTERS = 24;

export function attachKeyboard(editor) {
  const { grid } = editor;
  const backwards = document.dir === "rtl" ? 1 : -1;

  function step(key, [row, day]) {
    const page = PAGE_QUARTERS / grid.grain;
    const moves = {
      ArrowUp: [row - 1, day],
      ArrowDown: [row + 1, day],
      ArrowLeft: [row, day + backwards],
      ArrowRight: [row, day - backwards],
      Home: [row, 0],
      End: [row, 6],
      PageUp: [row - page, day],
      PageDown: [row + page, day],
    };
    const [toRow, toDay] = moves[key] ?? [];
    if (toRow === undefined) return null;
    return [Math.min(Math.max(toRow, 0), grid.rows - 1), Math.min(Math.max(toDay, 0), 6)];
  }

  function fill(value) {
    editor.remember();
    const words = grid.fill(editor.start ?? editor.here, editor.here, value);
    editor.start = null;
    editor.show(words);
  }

  grid.table.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.target.tagName !== "TD") return;
    const to = step(event.key, editor.here);
    if (to) {
      if (event.shiftKey) editor.start ??= editor.here;
      else editor.start = null;
      editor.focus(to);
    } else if (event.key in LEVELS) {
      editor.choose(LEVELS[event.key]);
      fill(LEVELS[event.key]);
    } else if (event.key === " " || event.key === "Enter") {
      fill(editor.level());
    } else if (event.key === "Escape") {
      editor.start = null;
    } else return;
    event.preventDefault();
  });
}
