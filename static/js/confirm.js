/* Turns a question that opens in place into a dialog, which keeps the focus and closes on Esc. */

export function attach(details) {
  const dialog = document.createElement("dialog");
  const question = details.querySelector(".confirm__question");
  const heading = question.querySelector("h2");
  heading.id ||= `question-${crypto.getRandomValues(new Uint32Array(1))[0]}`;
  dialog.setAttribute("aria-labelledby", heading.id);
  dialog.append(question);
  details.append(dialog);

  const notNow = question.querySelector("[data-close]");
  notNow.hidden = false;
  notNow.addEventListener("click", () => dialog.close());
  details.addEventListener("toggle", () => {
    if (!details.open || dialog.open) return;
    dialog.showModal();
    notNow.focus(); // the safe choice: Enter alone changes nothing
  });
  dialog.addEventListener("close", () => {
    details.open = false;
    details.querySelector("summary").focus();
  });
}
