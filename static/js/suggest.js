/* Writes another suggested name into a field; the names stand in the page as JSON. */

export function attach(button) {
  const field = document.getElementById(button.dataset.for);
  const names = JSON.parse(document.getElementById("suggested-names").textContent);
  let next = 1;
  button.hidden = false;
  button.addEventListener("click", () => {
    field.value = names[next++ % names.length];
    field.focus();
  });
}
