/* Calls for help. Facilitators get a banner that stays until one of them has seen the call; the person
   who called reads what becomes of it. */

import { KIND } from "./event_kinds.js";
import { putSentence, withName } from "./names.js";
import { setting } from "./settings.js";
import { soundOfHelp } from "./sound.js";
import { timeOf } from "./time.js";

export function helpCalls(root, words, room, { toasts }) {
  const alarm = root.querySelector("[data-alarm]"); // facilitators have it
  const own = root.querySelector("[data-help-call]");
  const state = root.querySelector("[data-help-state]");
  const dismiss = own.querySelector("[data-dismiss]");
  let [shown, focusedBefore, told, dismissed] = [null, null, "", null];

  dismiss.addEventListener("click", () => {
    dismissed = room.help_call.asked_at;
    own.hidden = true;
    root.querySelector("[data-dialog=help]").focus();
  });

  function open() {
    return [...room.helpCalls.values()].filter(({ who }) => who !== room.you.who);
  }

  function raise([call, ...others]) {
    alarm.dataset.who = call.who;
    putSentence(alarm.querySelector("[data-alarm-title]"), words.help, call.alias ?? words.someone);
    alarm.querySelector("[data-alarm-at]").textContent = words.help_at.replace("{time}", timeOf(root, call.asked_at));
    alarm.querySelector("[data-alarm-more]").textContent = others.length ? words.help_more.replace("{count}", others.length) : "";
    alarm.hidden = false;
    const key = call.who + call.asked_at;
    if (key === shown) return;
    shown = key;
    focusedBefore = document.activeElement;
    for (const dialog of root.querySelectorAll("dialog[open]")) dialog.close();
    alarm.querySelector("button").focus();
    if (setting("sounds") !== "none") soundOfHelp();
  }

  function lower() {
    const hadFocus = alarm.contains(document.activeElement);
    alarm.hidden = true;
    shown = null;
    if (hadFocus) (focusedBefore?.getClientRects().length ? focusedBefore : root.querySelector("#stage-title")).focus();
  }

  function drawOwn() {
    const call = room.help_call;
    own.hidden = !call || call.asked_at === dismissed || room.phase === "ended";
    if (!call) return;
    dismiss.hidden = !call.seen_by;
    const waits = room.hosts.length ? words.help_told : words.help_told_nobody;
    const text = call.seen_by ? withName(words.help_seen, call.seen_by) : waits;
    if (text === told) return; // so that it is read out once
    told = text;
    putSentence(state, call.seen_by ? words.help_seen : waits, call.seen_by);
  }

  return (frame) => {
    drawOwn();
    if (!alarm) return;
    const calls = open();
    if (calls.length) raise(calls);
    else if (!alarm.hidden) lower();
    if (frame.kind === KIND.HELP_SEEN && frame.by !== room.you.who && frame.who !== room.you.who) {
      toasts.toast(withName(words.help_seen_staff, frame.alias));
    }
  };
}
