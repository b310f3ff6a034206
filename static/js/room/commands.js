/* Sends what a button or a form asks for: data-do names the verb, data-who on the nearest element
   the person, the fields of the form and data-* of the button the rest. */

import { asAgenda } from "./agenda.js";

const IS_NUMBER = new Set(["share_seconds", "line", "step", "minutes"]);
const IS_TRUTH = new Set(["on", "strict"]);
const WRITES_AGENDA = new Set(["add_step", "drop_step"]);

export function commands(root, line, say, room) {
  root.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-do]");
    if (button) run(button, {});
  });

  root.addEventListener("submit", async (event) => {
    const form = event.target.closest("form[data-do]");
    if (!form) return;
    event.preventDefault();
    const fields = Object.fromEntries(new FormData(form));
    for (const box of form.querySelectorAll("[type=checkbox]")) fields[box.name] = box.checked;
    const sent = contents(form);
    if (!(await run(form, fields))) return;
    if (contents(form) === sent) form.reset(); // on a slow line she may be writing the next already
    if (form.dataset.do === "edit") root.querySelector("#say-text").focus();
  });

  root.addEventListener("keydown", (event) => {
    const field = event.target.closest("[data-do=say] textarea");
    if (!field || event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    field.form.requestSubmit();
  });

  async function run(element, fields) {
    const [verb, wish] = [element.dataset.do, typed({ ...fields, ...given(element) })];
    const answer = await (WRITES_AGENDA.has(verb)
      ? line.ask("set_agenda", asAgenda(room, verb, wish))
      : line.ask(verb, wish));
    if (answer.type !== "ack") say.refusal(answer.code);
    else say.refusal(null);
    const help = element.dataset.then === "help";
    if (help) window.open(root.dataset.help, "_blank", "noopener");
    return answer.type === "ack";
  }
}

function contents(form) {
  return new URLSearchParams(new FormData(form)).toString();
}

function given(element) {
  const { do: _verb, show: _show, then: _then, redact: _redact, ...data } = element.dataset;
  const who = element.closest("[data-who]")?.dataset.who;
  const seq = element.closest("[data-line-seq]")?.dataset.lineSeq;
  return { ...data, ...(who && { who }), ...(seq && { line: seq }) };
}

function typed(fields) {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => {
      if (IS_TRUTH.has(name)) return [name, value === true || value === "true"];
      if (IS_NUMBER.has(name)) return [name, value === "" ? null : Number(value)];
      return [name, value];
    }),
  );
}
