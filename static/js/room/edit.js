/* Lets authors edit their own message for a minute. */

const EDIT_WINDOW_MS = 60_000;

export function editable(drawn, message, isMine) {
  const button = drawn.querySelector("[data-edit]");
  const form = drawn.querySelector("[data-do=edit]");
  const leftMs = Date.parse(message.at) + EDIT_WINDOW_MS - Date.now();
  const isOpen = isMine && !message.redacted && leftMs > 0;
  button.hidden = !isOpen;
  form.hidden = true;
  if (!isOpen || button.dataset.bound) return;
  button.dataset.bound = "true";
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
  }, leftMs);
}
