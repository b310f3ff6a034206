/* A button that copies the field it names, and says that it did. */

export function attach(button) {
  if (!navigator.clipboard) return; // plain HTTP: the field selects itself with one tap
  const field = document.getElementById(button.dataset.copy);
  const status = button.parentElement.querySelector("[role=status]");
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(field.value ?? field.textContent);
    status.textContent = button.dataset.copied;
  });
}
