/* The way out: one press, or Shift three times within two seconds. The page goes blank at once and
   leaves the history; Esc stays free for dialogs. */

const TIMES = 3;
const WITHIN_MS = 2000;

export function attach(link) {
  let presses = [];

  const go = () => {
    document.documentElement.hidden = true;
    document.title = " ";
    document.dispatchEvent(new CustomEvent("commonhour:leave"));
    location.replace(link.href);
  };

  link.addEventListener("click", (event) => {
    event.preventDefault();
    go();
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Shift") {
      presses = [];
    } else if (!event.repeat) {
      const since = event.timeStamp - WITHIN_MS;
      presses = [...presses.filter((at) => at > since), event.timeStamp];
      if (presses.length === TIMES) go();
    }
  });
}
