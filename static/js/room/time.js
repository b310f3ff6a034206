/* The clock of the person's zone, with 24 hours as on all pages of the site. */

let clock;

export function timeOf(root, at) {
  clock ??= new Intl.DateTimeFormat(document.documentElement.lang, {
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
    numberingSystem: "latn",
    timeZone: root.dataset.zone,
  });
  return clock.format(new Date(at));
}
