/* "in 12 minutes", "in 17 hours", "in 4 days" beside a time that the page has already written in full. */

const MINUTE_MS = 60_000;
const HOUR = 60;
const DAY = 24 * HOUR;
const shown = new Set();

/* Returns how long it is until then, in the largest unit that is filled; minutes are rounded up. */
function words(minutes) {
  const language = new Intl.RelativeTimeFormat(document.documentElement.lang);
  if (minutes >= DAY) return language.format(Math.round(minutes / DAY), "day");
  if (minutes >= HOUR) return language.format(Math.round(minutes / HOUR), "hour");
  return language.format(minutes, "minute");
}

function show(element) {
  const minutes = Math.ceil((Date.parse(element.dataset.at) - Date.now()) / MINUTE_MS);
  element.textContent = minutes > 0 ? words(minutes) : "";
}

export function attach(element) {
  if (shown.size === 0) setInterval(() => shown.forEach(show), MINUTE_MS);
  shown.add(element);
  show(element);
}
