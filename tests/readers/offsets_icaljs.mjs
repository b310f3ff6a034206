// Prints what ical.js makes of local times under our VTIMEZONEs: one unix time a line.
// node offsets_icaljs.mjs ICAL_JS_MODULE QUESTIONS, a JSON list of [VTIMEZONE, [local, ...]]
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [module, file] = process.argv.slice(2);
const { default: ICAL } = await import(pathToFileURL(module));
const answers = [];
for (const [vtimezone, locals] of JSON.parse(readFileSync(file, "utf8"))) {
  const zone = new ICAL.Timezone(new ICAL.Component(ICAL.parse(vtimezone)));
  for (const local of locals) {
    const time = ICAL.Time.fromString(local);
    time.zone = zone;
    answers.push(time.toUnixTime());
  }
}
console.log(answers.join("\n"));
