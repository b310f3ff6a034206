/* Audio and video in the tiles of the room. Plays only what the room says is on, whatever arrives: that
   is how a mesh keeps to the rules. */

import { CAN_CHOOSE_OUTPUT } from "./devices.js";
import { levelOf } from "./level.js";

const SPEAKS = 0.05;
const LOOK_MS = 200;

export function makePlayback(root, room, devices) {
  const list = root.querySelector("[data-tiles]");
  const arrived = new Map(); // who → { audio, video }
  const levels = new Map(); // track → its level

  function of(who) {
    if (!arrived.has(who)) arrived.set(who, { audio: null, video: null });
    return arrived.get(who);
  }

  function show(tile) {
    const card = room.people.get(tile.dataset.who);
    if (!card) return;
    const { audio, video } = of(card.who);
    const isMe = card.who === room.you.who;
    const isSeen = Boolean(card.camera && video && (isMe || room.you.receives === "everything")); // else it would stand still
    play(tile.querySelector("audio"), card.microphone && !isMe ? audio : null); // nobody hears themselves
    play(tile.querySelector("video"), isSeen ? video : null);
    tile.querySelector("video").hidden = !isSeen;
    tile.classList.toggle("tile--seen", isSeen);
  }

  function play(element, track) {
    const output = devices.chosen.audiooutput;
    if (output && CAN_CHOOSE_OUTPUT && element.sinkId !== output) element.setSinkId(output).catch(() => {}); // unplugged: the usual one
    if ((element.srcObject?.getTracks()[0] ?? null) === track) return;
    element.srcObject = track && new MediaStream([track]);
    if (!track) return;
    element.play().catch(() => {}); // replaced before it began
  }

  function look() {
    for (const tile of list.children) {
      const { audio } = of(tile.dataset.who);
      const isOn = Boolean(audio && room.people.get(tile.dataset.who)?.microphone);
      if (isOn && !levels.has(audio)) levels.set(audio, levelOf(audio));
      tile.classList.toggle("tile--heard", isOn && levels.get(audio).now() > SPEAKS);
    }
  }

  const sync = () => [...list.children].forEach(show);

  function put(who, kind, track) {
    const old = of(who)[kind];
    levels.get(old)?.stop();
    levels.delete(old);
    of(who)[kind] = track;
    sync();
  }

  setInterval(look, LOOK_MS);
  return {
    sync,
    put,
    grade(who, quality) {
      const tile = [...list.children].find((it) => it.dataset.who === who);
      if (tile) tile.querySelector("[data-quality]").hidden = quality !== "poor";
    },
  };
}
