/* A week by keyboard: arrows move, Shift takes several, 1 to 4 and the space bar paint. */

const LEVELS = { 1: "0", 2: "1", 3: "2", 4: "3" };
const PAGE_QUARTERS = 24;

export function attachKeys(easel) {
  const { board } = easel;
  const backwards = document.dir === "rtl" ? 1 : -1;

  function step(key, [row, day]) {
    const page = PAGE_QUARTERS / board.grain;
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
    return [Math.min(Math.max(toRow, 0), board.rows - 1), Math.min(Math.max(toDay, 0), 6)];
  }

  function paint(value) {
    easel.remember();
    const told = board.paint(easel.start ?? easel.here, easel.here, value);
    easel.start = null;
    easel.show(told);
  }

  board.grid.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.target.tagName !== "TD") return;
    const to = step(event.key, easel.here);
    if (to) {
      if (event.shiftKey) easel.start ??= easel.here;
      else easel.start = null;
      easel.focus(to);
    } else if (event.key in LEVELS) {
      easel.choose(LEVELS[event.key]);
      paint(LEVELS[event.key]);
    } else if (event.key === " " || event.key === "Enter") {
      paint(easel.brush());
    } else if (event.key === "Escape") {
      easel.start = null;
    } else return;
    event.preventDefault();
  });
}
