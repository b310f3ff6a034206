/* A button beside a password that shows what was typed, for thumbs on small keyboards. */

export function attach(field) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button";
  const pair = document.createElement("div");
  pair.className = "field__pair";
  const label = () => (button.textContent = field.type === "password" ? field.dataset.show : field.dataset.hide);
  button.addEventListener("click", () => {
    field.type = field.type === "password" ? "text" : "password";
    label();
    field.focus();
  });
  field.form?.addEventListener("submit", () => (field.type = "password"));
  label();
  field.replaceWith(pair);
  pair.append(field, button);
}
