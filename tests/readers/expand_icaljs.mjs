// Prints the sessions that ical.js (Thunderbird, Nextcloud) finds in a calendar.
// node expand_icaljs.mjs ICAL_JS_MODULE CALENDAR AFTER BEFORE
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [module, file, after, before] = process.argv.slice(2);
const { default: ICAL } = await import(pathToFileURL(module));
const calendar = new ICAL.Component(ICAL.parse(readFileSync(file, "utf8")));
for (const zone of calendar.getAllSubcomponents("vtimezone")) {
  ICAL.TimezoneService.register(zone);
}

const [from, to] = [Date.parse(after), Date.parse(before)];
const events = calendar.getAllSubcomponents("vevent");
const isOverride = (event) => event.hasProperty("recurrence-id");
const uid = (event) => event.getFirstPropertyValue("uid");

function show(start, event) {
  const at = start.toJSDate().getTime();
  if (at < from || at >= to) return;
  const status = event.getFirstPropertyValue("status");
  const summary = event.getFirstPropertyValue("summary");
  console.log([uid(event), new Date(at).toISOString().slice(0, 19) + "Z", status, summary].join("\t"));
}

for (const component of events.filter((event) => !isOverride(event))) {
  const exceptions = events.filter((event) => isOverride(event) && uid(event) === uid(component));
  const event = new ICAL.Event(component, { strictExceptions: true, exceptions });
  if (!event.isRecurring()) {
    show(event.startDate, component);
    continue;
  }
  const starts = event.iterator();
  for (let start = starts.next(); start; start = starts.next()) {
    // A moved session may lie on the other side of the window's end.
    if (start.toJSDate().getTime() >= to + 40 * 86_400_000) break;
    const { startDate, item } = event.getOccurrenceDetails(start);
    show(startDate, item.component);
  }
}
