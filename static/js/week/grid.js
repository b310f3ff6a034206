/* A week of availability: 672 quarter hours, shown as rows of hours, halves or quarters. */

const DAY = 96;
const DAYS = 7;

const clock = (quarter) =>
  `${String(Math.floor(quarter / 4)).padStart(2, "0")}:${String((quarter % 4) * 15).padStart(2, "0")}`;

export class WeekGrid {
  constructor(form) {
    this.form = form;
    this.table = form.querySelector("[data-grid]");
    this.body = this.table.tBodies[0];
    this.cells = [...form.elements.cells.value];
    this.days = [...this.table.querySelectorAll("abbr")].map((day) => day.title);
    this.labels = new Map(
      [...form.querySelectorAll("[data-level]")].map((level) => [
        level.querySelector("input").value,
        level.querySelector("[data-label]").textContent,
      ]),
    );
    this.past = [];
    this.grain = 4;
  }

  get rows() {
    return DAY / this.grain;
  }

  /* Builds the rows for the present grain and keeps the focus near where it was. */
  draw(row = 0, day = 0) {
    this.body.replaceChildren(
      ...Array.from({ length: this.rows }, (_, at) => {
        const line = document.createElement("tr");
        const head = document.createElement("th");
        head.scope = "row";
        head.textContent = this.grain === 4 ? clock(at * 4).slice(0, 2) : clock(at * this.grain);
        line.append(head, ...this.days.map(() => document.createElement("td")));
        return line;
      }),
    );
    this.refresh();
    this.at(row, day).tabIndex = 0;
  }

  at(row, day) {
    return this.body.rows[row].cells[day + 1];
  }

  place(cell) {
    return [cell.parentElement.sectionRowIndex, cell.cellIndex - 1];
  }

  quarters(row, day) {
    const first = day * DAY + row * this.grain;
    return [first, first + this.grain];
  }

  value(row, day, from = this.cells) {
    const values = new Set(from.slice(...this.quarters(row, day)));
    return values.size === 1 ? [...values][0] : "m";
  }

  refresh() {
    for (let row = 0; row < this.rows; row++) {
      for (let day = 0; day < DAYS; day++) {
        const cell = this.at(row, day);
        const value = this.value(row, day);
        cell.dataset.v = value;
        if (value === "-") cell.dataset.usual = this.value(row, day, this.form.dataset.usual.split(""));
        else delete cell.dataset.usual;
        cell.ariaLabel = this.describe(row, day, row, day, this.labels.get(value) ?? this.form.dataset.mixed);
        cell.tabIndex = -1;
      }
    }
    this.form.elements.cells.value = this.cells.join("");
  }

  describe(row, day, lastRow, lastDay, value) {
    const { range, ranges } = this.form.dataset;
    const words = {
      day: this.days[day],
      last: this.days[lastDay],
      from: clock(row * this.grain),
      to: clock((lastRow + 1) * this.grain),
      value,
    };
    return (day === lastDay ? range : ranges).replace(/{(\w+)}/g, (_, name) => words[name]);
  }

  /* Sets the rectangle between two cells to a level; returns it in words. */
  fill([row, day], [otherRow, otherDay], value) {
    const [top, bottom] = [row, otherRow].sort((a, b) => a - b);
    const [first, last] = [day, otherDay].sort((a, b) => a - b);
    for (let column = first; column <= last; column++) {
      this.cells.fill(value, this.quarters(top, column)[0], this.quarters(bottom, column)[1]);
    }
    return this.describe(top, first, bottom, last, this.labels.get(value));
  }
}
