/* "in 2 h 10 min" beside a time that the page has already told in full. */

const MINUTE_MS = 60_000;
const HOUR = 60;
const DAY = 24 * HOUR;
const waiting = new Set();

function amount(value, unit) {
  const style = { style: "unit", unit, unitDisplay: "short" };
  return new Intl.NumberFormat(document.documentElement.lang, style).format(value);
}

function words(minutes) {
  const language = document.documentElement.lang;
  if (minutes >= 2 * DAY) {
    return new Intl.RelativeTimeFormat(language).format(Math.floor(minutes / DAY), "day");
  }
  const parts = [[Math.floor(minutes / HOUR), "hour"], [minutes % HOUR, "minute"]];
  const said = parts.filter(([value]) => value > 0).map(([value, unit]) => amount(value, unit));
  return document.body.dataset.relative.replace("{duration}", said.join(" "));
}

function tell(element) {
  const minutes = Math.ceil((Date.parse(element.dataset.at) - Date.now()) / MINUTE_MS);
  element.textContent = minutes > 0 ? words(minutes) : "";
}

export function attach(element) {
  if (waiting.size === 0) setInterval(() => waiting.forEach(tell), MINUTE_MS);
  waiting.add(element);
  tell(element);
}
