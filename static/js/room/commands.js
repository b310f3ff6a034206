/* Sends commands of buttons and forms. data-do is the type, data-undo the type while a switch is
   pressed, data-on="toggle" its other position; data-who of the nearest element is the person; the
   form's fields and some data-* are the other fields. data-then says what follows. */

import { asAgenda } from "./agenda.js";

const FIELDS = ["on", "reaction", "step"];
const IS_NUMBER = new Set(["share_seconds", "message_seq", "step", "minutes"]);
const IS_BOOLEAN = new Set(["on", "strict"]);
const WRITES_AGENDA = new Set(["add_step", "drop_step"]);
const ABOUT_SOMEBODY = new Set(["admit", "send_back", "remove", "let_back", "invite_to_speak", "lower_hand", "mute", "allow_voice", "answer", "see_help", "report"]);

export function commands(root, connection, { refuse, panels }, room) {
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
    const isOn = element.ariaPressed === "true";
    const command = (isOn && element.dataset.undo) || element.dataset.do;
    const values = typed({ ...dataOf(element, command, isOn), ...fields });
    const who = values.who;
    const answer = await (WRITES_AGENDA.has(command)
      ? connection.ask("set_agenda", asAgenda(room, command, values))
      : connection.ask(command, values));
    const isDone = answer.type === "ack";
    refuse(isDone ? null : answer.code);
    if (isDone && element.dataset.then === "close") element.closest("dialog")?.close();
    if (element.dataset.then === "private") panels.ask("private", who);
    return isDone;
  }
}

function contents(form) {
  return new URLSearchParams(new FormData(form)).toString();
}

function dataOf(element, command, isOn) {
  const data = Object.fromEntries(FIELDS.filter((name) => name in element.dataset).map((name) => [name, element.dataset[name]]));
  if (data.on === "toggle") data.on = !isOn;
  const who = ABOUT_SOMEBODY.has(command) && element.closest("[data-who]")?.dataset.who;
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
