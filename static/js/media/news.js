/* Says what became of voices and pictures, in one quiet line. */

import { show } from "../room/show.js";

export function news(root, words, room) {
  const line = root.querySelector("[data-call-news]");
  const privacy = root.querySelector("[data-encryption]");
  const compare = root.querySelector("[data-compare]");
  let mustAgree = false;

  function draw(text) {
    if (text !== undefined) line.textContent = text;
    show(root, room);
  }

  function told({ kind, who, on, why }) {
    const isMine = who === room.you.who;
    if ((kind === "microphone" || kind === "camera") && isMine && !on && why && why !== "text_only") return words[why];
    if (kind === "muted" && isMine) return on ? words.muted : words.may_speak;
    if (kind === "cameras") return on ? words.cameras_on : words.cameras_off;
    if (kind === "media") return carried();
    return undefined;
  }

  function carried() {
    const { backend, is_down } = room.media;
    if (backend !== "none") return words.media_there;
    return is_down ? words.media_down : words.media_crowded;
  }

  return {
    draw,
    update: (frame) => {
      if (frame.type === "event") draw(told(frame));
      else draw(room.media.backend === "none" ? carried() : undefined);
    },
    reach: (isThere) => mustAgree || draw(words[isThere ? "media_there" : "media_down"]),
    state({ backend, sealed, digits, code }) {
      mustAgree = code === "needs_direct"; // and then it is no wonder that nothing comes
      const key = backend === "mesh" || sealed ? "private_to_all" : "private_to_server";
      privacy.textContent = words[key];
      compare.hidden = !digits;
      compare.querySelector("bdi").textContent = digits ?? "";
      if (code) line.textContent = words[code] ?? words.unavailable;
    },
  };
}
