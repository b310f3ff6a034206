/* Everyone in the room, in order of arrival; plays only what the room says is on, whatever arrives:
   that is how a mesh keeps to the rules. */

import { levelOf } from "./level.js";
import { drawTile, showTile, stateOf } from "./tile.js";

const SPEAKS = 0.05;
const LOOK_MS = 200;

export function stage(root, words, room, devices) {
  const list = root.querySelector("[data-voices]");
  const template = root.querySelector("[data-voice-template]");
  const arrived = new Map(); // who → { audio, video }
  const levels = new Map(); // track → its level

  function of(who) {
    if (!arrived.has(who)) arrived.set(who, { audio: null, video: null });
    return arrived.get(who);
  }

  function draw(card) {
    const isMe = card.who === room.you.who;
    return drawTile(template, card, { isMe, name: isMe ? words.you : card.alias });
  }

  function show(tile) {
    const card = room.people.get(tile.dataset.who);
    const { audio, video } = of(card.who);
    const isMe = card.who === room.you.who;
    const heard = isMe ? null : audio; // nobody hears themselves
    const seen = isMe || room.you.receives === "everything" ? video : null; // else it would stand still
    showTile(tile, card, { audio: heard, video: seen }, { output: devices.chosen.audiooutput, state: words[stateOf(card)] });
  }

  function sync() {
    const kept = new Map([...list.children].map((tile) => [tile.dataset.who, tile]));
    const tiles = [...room.people.values()].map((card) => kept.get(card.who) ?? draw(card));
    const isSame = tiles.length === list.children.length && tiles.every((tile, at) => list.children[at] === tile);
    if (!isSame) list.replaceChildren(...tiles);
    tiles.forEach(show);
  }

  function look() {
    for (const tile of list.children) {
      const { audio } = of(tile.dataset.who);
      const isOn = Boolean(audio && room.people.get(tile.dataset.who)?.microphone);
      if (isOn && !levels.has(audio)) levels.set(audio, levelOf(audio));
      tile.classList.toggle("voice--speaks", isOn && levels.get(audio).now() > SPEAKS);
    }
  }

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
