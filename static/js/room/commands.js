/* Sends commands of buttons and forms: data-do is the type, data-who of the nearest element the person,
   the form's fields and the button's data-* are the other fields. */

import { asAgenda } from "./agenda.js";

const IS_NUMBER = new Set(["share_seconds", "message_seq", "step", "minutes"]);
const IS_BOOLEAN = new Set(["on", "strict"]);
const WRITES_AGENDA = new Set(["add_step", "drop_step"]);

export function commands(root, connection, announce, room) {
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
    if (contents(form) === sent) form.reset(); // the next one may have been started meanwhile
    if (form.dataset.do === "edit") root.querySelector("#say-text").focus();
  });

  root.addEventListener("keydown", (event) => {
    const field = event.target.closest("[data-do=say] textarea");
    if (!field || event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    field.form.requestSubmit();
  });

  async function run(element, fields) {
    const command = element.dataset.do;
    const values = typed({ ...fields, ...dataOf(element) });
    const answer = await (WRITES_AGENDA.has(command)
      ? connection.ask("set_agenda", asAgenda(room, command, values))
      : connection.ask(command, values));
    if (answer.type !== "ack") announce.refusal(answer.code);
    else announce.refusal(null);
    const help = element.dataset.then === "help";
    if (help) window.open(root.dataset.help, "_blank", "noopener");
    return answer.type === "ack";
  }
}

function contents(form) {
  return new URLSearchParams(new FormData(form)).toString();
}

function dataOf(element) {
  const { do: _command, show: _show, then: _then, redact: _redact, ...data } = element.dataset;
  const who = element.closest("[data-who]")?.dataset.who;
  const messageSeq = element.closest("[data-message-seq]")?.dataset.messageSeq;
  return { ...data, ...(who && { who }), ...(messageSeq && { message_seq: messageSeq }) };
}

function typed(fields) {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => {
      if (IS_BOOLEAN.has(name)) return [name, value === true || value === "true"];
      if (IS_NUMBER.has(name)) return [name, value === "" ? null : Number(value)];
      return [name, value];
    }),
  );
}
