/* Shows what happens beside the controls, with the button that answers it. */

import { KIND } from "./event_kinds.js";
import { setting } from "./settings.js";
import { softSound } from "./sound.js";
import { nameOf } from "./aliases.js";

export function news(root, words, room, { toasts, panels }) {
  const isStaff = () => room.you.role !== "member";
  const named = (key, who) => words[key].replace("{name}", () => nameOf(room, who, words));

  /* Tells facilitators of somebody who wants something, unless they look at the list already. */
  function wish(who, key, command) {
    if (!isStaff() || who === room.you.who) return;
    if (setting("sounds") === "all") softSound();
    if (panels.isOpen("host")) return;
    toasts.toast(named(key, who), { label: words[command], name: named(`${command}_name`, who), data: { do: command, who } });
  }

  const texts = {
    [KIND.WAITING]: ({ who }) => wish(who, "waits", "admit"),
    [KIND.HAND_RAISED]: ({ who }) => wish(who, "raised", "invite_to_speak"),
    [KIND.REACTED]: ({ by, reaction }) => toasts.toast(named(reaction, by)),
    [KIND.REPORTED]: ({ who }) => toasts.toast(named("reported", who)),
    [KIND.LEAD_CHANGED]: ({ who }) => toasts.toast(who === room.you.who ? words.you_lead : named("leads", who)),
    [KIND.JOINED]: ({ who }) => toasts.forget(who),
    [KIND.LEFT]: ({ who }) => toasts.forget(who),
    [KIND.HAND_LOWERED]: ({ who }) => toasts.forget(who),
    [KIND.TURN_BEGAN]: ({ who }) => toasts.forget(who),
  };

  return (frame) => frame.type === "event" && texts[frame.kind]?.(frame);
}
