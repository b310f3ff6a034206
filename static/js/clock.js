/* Keeps the page's large clock at the present minute, in the zone the page was shown in. */

const MINUTE_MS = 60_000;

export function attach(element) {
  const time = new Intl.DateTimeFormat("en-GB", {
    hour: "2-digit",
    minute: "2-digit",
    timeZone: element.dataset.zone,
  });
  const tick = () => {
    element.textContent = time.format(Date.now());
    setTimeout(tick, MINUTE_MS - (Date.now() % MINUTE_MS));
  };
  tick();
}
