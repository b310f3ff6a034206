/* News beside the controls that goes away by itself, and refusals of what one has just tried. */

import { copyOf } from "./names.js";

const STAYS_MS = 8000;
const AT_MOST = 3;

export function toaster(root) {
  const list = root.querySelector("[data-toasts]");
  const template = root.querySelector("[data-toast-template]");
  const alert = root.querySelector("[data-alert]");
  let timer;

  /* Shows a text; `action` is {label, data} of a button whose data attributes say what it does. */
  function toast(text, action) {
    const drawn = copyOf(template);
    const button = drawn.querySelector("button");
    drawn.querySelector("[data-text]").textContent = text;
    if (action) {
      Object.assign(button.dataset, action.data);
      button.textContent = action.label;
      button.hidden = false;
      if (action.name) button.ariaLabel = action.name;
      button.addEventListener("click", () => drawn.remove());
    }
    list.append(drawn);
    while (list.children.length > AT_MOST) list.firstElementChild.remove();
    expire(drawn);
  }

  function expire(drawn) {
    const isInUse = () => drawn.matches(":hover") || drawn.contains(document.activeElement);
    setTimeout(() => (isInUse() ? expire(drawn) : drawn.remove()), STAYS_MS);
  }

  /* Says why something was refused; no text takes the last refusal away. */
  function refusal(text) {
    clearTimeout(timer);
    alert.textContent = text ?? "";
    alert.hidden = !text;
    if (text) timer = setTimeout(() => refusal(null), STAYS_MS);
  }

  return { toast, refusal, forget: (who) => list.querySelectorAll(`button[data-who="${who}"]`).forEach((it) => it.parentElement.remove()) };
}
