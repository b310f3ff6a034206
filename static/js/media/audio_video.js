/* Audio and video in the room: the buttons, the tiles, and one's place in the call. */

import { HAS_DEVICES, ownDevices } from "./devices.js";
import { news } from "./news.js";
import { ownTracks } from "./own.js";
import { makePlayback } from "./playback.js";

export function audioAndVideo(root, words, room, line, { refuse }) {
  const devices = ownDevices();
  const playback = makePlayback(root, room, devices);
  const tell = news(root, words, room);
  room.hasDevices = HAS_DEVICES;
  let [call, sleep, hasLooked, isWatched] = [null, null, false, false];

  const own = ownTracks({
    ...{ line, room, devices, onRefused: refuse },
    onTrack: (kind, track) => (playback.put(room.you.who, kind, track), call?.publish(kind, track)),
  });

  async function check() {
    const { openCheck } = await import("./check.js");
    const wish = await openCheck(root, words, room, devices, line, own);
    playback.sync(); // by another loudspeaker, perhaps
    hasLooked ||= wish === "camera";
    if (wish && !call) await join();
    if (wish === "camera" && !room.you.camera) await own.turn("video", true);
  }

  async function join() {
    const [{ placeInCall }, { stayAwake }, { watchLines }] = await Promise.all([import("./call.js"), import("./wake.js"), import("./watch.js")]);
    if (!isWatched) watchLines({ connections: () => call?.connections() ?? [], receives: () => room.you.receives, onGrade: playback.grade, onStep: stepDown, onReach: tell.reach });
    isWatched = true;
    if (room.you.receives === "text") await line.ask("receive", { what: "audio" });
    sleep = stayAwake();
    call = placeInCall({ ...{ line, room, playback, own }, onState: tell.state, onElsewhere: () => leave(words.elsewhere) });
    room.isInCall = true;
    if (navigator.connection?.saveData && room.you.receives === "everything") stepDown("audio");
    tell.draw();
    root.querySelector("[data-call=microphone]").focus();
  }

  function stepDown(what) {
    own.turn("video", false);
    line.ask("receive", { what });
    tell.draw(words[`down_to_${what}`]);
  }

  function leave(why = "") {
    own.stop();
    call?.leave();
    sleep?.();
    [call, sleep, room.isInCall] = [null, null, false];
    for (const who of room.people.keys()) for (const kind of ["audio", "video"]) playback.put(who, kind, null);
    root.querySelector("[data-check]").close();
    tell.draw(why);
    root.querySelector(why ? "#stage-title" : "[data-call=join]").focus();
  }

  const wishes = {
    join: check,
    settings: check,
    leave: () => leave(),
    microphone: () => (call ? own.turn("audio", !room.you.microphone) : check()),
    camera: () => (call && (room.you.camera || hasLooked) ? own.turn("video", !room.you.camera) : check()), // look behind you first
  };
  root.addEventListener("click", ({ target }) => wishes[target.closest("[data-call]")?.dataset.call]?.());

  return {
    hear: (frame) => call?.hear(frame),
    update(frame) {
      playback.sync();
      if (room.you.status !== "inside" || room.phase === "ended" || !room.media?.offered) return call && leave();
      own.follow();
      const isNewHere = frame.type === "room" || frame.type === "missed"; // another line, or another place
      if (isNewHere || (frame.kind === "media" && room.media.backend !== "none")) call?.hello();
      call?.follow();
      if (call && room.you.receives === "text") leave(words.down_to_text);
      tell.update(frame);
    },
    close: () => call && leave(),
  };
}
