/* Quick exit: one press, or Shift three times within two seconds. The page goes blank at once and
   leaves the history; Esc stays free for dialogs. Shift with another key, a click or a modifier is
   somebody who works on the page, so the presses are counted anew. */

const PRESSES = 3;
const WITHIN_MS = 2000;

export function attach(link) {
  let presses = [];
  const forget = () => (presses = []);

  const leave = () => {
    document.documentElement.hidden = true;
    document.title = " ";
    document.dispatchEvent(new CustomEvent("commonhour:leave"));
    location.replace(link.href);
  };

  link.addEventListener("click", (event) => {
    event.preventDefault();
    leave();
  });

  for (const other of ["pointerdown", "focusout"]) document.addEventListener(other, forget);
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Shift" || event.altKey || event.ctrlKey || event.metaKey || event.isComposing) return forget();
    if (event.repeat) return;
    const since = event.timeStamp - WITHIN_MS;
    presses = [...presses.filter((at) => at > since), event.timeStamp];
    if (presses.length === PRESSES) leave();
  });
}
