/* One person on the stage: a calm disc with initials, or a picture. */

import { CAN_CHOOSE_OUTPUT } from "./devices.js";

export function drawTile(template, card, { isMe, name }) {
  const tile = template.content.firstElementChild.cloneNode(true);
  tile.dataset.who = card.who;
  tile.classList.toggle("voice--me", isMe); // as in a mirror
  tile.querySelector("[data-name]").textContent = name;
  tile.querySelector("[data-initials]").textContent = initials(card.alias);
  return tile;
}

/* Plays only what the room says is on, whatever arrives. */
export function showTile(tile, card, { audio, video }, { output, state }) {
  const isSeen = Boolean(card.camera && video);
  play(tile.querySelector("audio"), card.microphone ? audio : null, output);
  play(tile.querySelector("video"), isSeen ? video : null);
  tile.querySelector("video").hidden = !isSeen;
  tile.classList.toggle("voice--seen", isSeen);
  tile.classList.toggle("voice--heard", card.microphone);
  tile.querySelector("[data-state]").textContent = state;
}

function play(element, track, output) {
  if (output && CAN_CHOOSE_OUTPUT && element.sinkId !== output) element.setSinkId(output).catch(() => {}); // unplugged: the usual one
  if ((element.srcObject?.getTracks()[0] ?? null) === track) return;
  element.srcObject = track && new MediaStream([track]);
  if (!track) return;
  element.play().catch(() => {}); // replaced before it began
}

export function stateOf({ microphone, is_muted, receives, only_listens }) {
  if (receives === "text") return "in_text";
  if (microphone) return "mic_on";
  if (is_muted) return "held_mute";
  return only_listens ? "listens" : "mic_off";
}

function initials(alias = "") {
  const letters = new Intl.Segmenter(undefined, { granularity: "grapheme" });
  const words = alias.trim().split(/\s+/).slice(0, 2);
  return words.map((word) => [...letters.segment(word)][0]?.segment ?? "").join("").toLocaleUpperCase();
}
