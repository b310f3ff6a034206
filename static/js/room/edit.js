/* Opens one's own line for other words, within a minute of writing it. */

const EDIT_WITHIN_MS = 60_000;

export function editable(drawn, line, isMine) {
  const button = drawn.querySelector("[data-edit]");
  const form = drawn.querySelector("[data-do=edit]");
  const left = Date.parse(line.at) + EDIT_WITHIN_MS - Date.now();
  const isOpen = isMine && !line.redacted && left > 0;
  button.hidden = !isOpen;
  form.hidden = true;
  if (!isOpen || button.dataset.waits) return;
  button.dataset.waits = "true";
  button.addEventListener("click", () => {
    const field = form.elements.text;
    field.defaultValue = field.value = drawn.querySelector("[data-text]").textContent;
    form.hidden = !form.hidden;
    if (!form.hidden) field.focus();
  });
  form.addEventListener("keydown", ({ key }) => {
    if (key !== "Escape") return;
    form.hidden = true;
    button.focus();
  });
  setTimeout(() => {
    button.hidden = true;
    form.hidden = true;
  }, left);
}
