/* One's place in the call, whatever carries it: joins, follows the room to another carrier without
   a gap, and begins again when something broke. */

import { arrivals, onceHeard } from "./arrivals.js";

const CARRIERS = {
  mesh: async (about) => (await import("./mesh.js")).eachWithEach(about),
  janus: async (about) => (await import("./janus.js")).throughServer(about),
};
const OVERLAP_MS = 3000; // once the new way stands; the old one must not wait for ever
const OVERLAP_AT_MOST_MS = 30_000; // somebody who was heard may have turned the microphone off, or left
const AGAIN_MS = 4000;
const LOST = new Set(["no_media", "not_in_call", "unavailable"]);

const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

export function placeInCall({ line, room, playback, own, onState, onElsewhere }) {
  let [carrier, renewal, turn, isOver] = [null, null, Promise.resolve(), false];
  let about = {};

  const send = (message) => line.tell({ type: "media", ...message });
  const hello = () => isOver || send({ kind: "hello" });

  async function welcome({ backend, you, ice }) {
    renew(ice);
    if (carrier && about.backend === backend && about.you === you) return carrier.hear({ kind: "credentials", ice });
    const [old, mine] = [carrier, { backend, you, arrived: arrivals(about.arrived?.which(isOn)) }];
    about = mine;
    const isAlone = backend === "mesh" && !ice.iceServers.length && !room.you.is_direct;
    onState({ backend, code: isAlone ? "needs_direct" : undefined });
    const isCurrent = () => about === mine && !isOver;
    carrier = await CARRIERS[backend]({
      ...{ send, you, ice, room },
      onTrack: (who, track) => onceHeard(track, () => (mine.arrived.note(who, track.kind), isCurrent() && playback.put(who, track.kind, track))),
      onGone: (who) => isCurrent() && ["audio", "video"].forEach((kind) => playback.put(who, kind, null)),
      onState: (state) => isCurrent() && onState({ backend, ...state }),
      onLost: (why) => isCurrent() && (why === "elsewhere" ? onElsewhere() : lose()),
    });
    mine.ready = carrier.ready;
    for (const [kind, track] of Object.entries(own.tracks)) carrier.publish(kind, track);
    follow();
    if (old) Promise.race([Promise.all([mine.ready, mine.arrived.all]), wait(OVERLAP_AT_MOST_MS)]).then(() => wait(OVERLAP_MS)).then(old.close);
  }

  function isOn(who, kind) {
    return Boolean(room.people.get(who)?.[kind === "audio" ? "microphone" : "camera"]);
  }

  function lose() {
    carrier?.close();
    [carrier, about] = [null, {}];
    setTimeout(hello, AGAIN_MS);
  }

  function renew({ renew_in: seconds }) {
    clearTimeout(renewal);
    if (seconds) renewal = setTimeout(() => send({ kind: "credentials" }), seconds * 1000);
  }

  async function take(frame) {
    if (isOver || (carrier && (frame.by ?? about.backend) !== about.backend)) return; // news of the way before
    if (frame.kind === "welcome") return welcome(frame);
    if (frame.kind === "credentials") renew(frame.ice);
    if (frame.kind === "refused" && LOST.has(frame.code) && carrier) return lose();
    if (frame.kind === "refused") return; // the next look says hello again
    return carrier?.hear(frame);
  }

  function follow() {
    carrier?.take(room.you.receives === "everything");
    carrier?.sync?.();
  }

  /* Somebody is on, and does not reach us: an introduction was lost. */
  function look() {
    const reached = carrier?.connections && new Set(carrier.connections().map(({ who }) => who));
    const isMissed = ({ who, microphone, camera, receives }) =>
      who !== room.you.who && (microphone || camera) && receives !== "text" && !reached.has(who);
    if (!carrier || (about.backend === "mesh" && [...room.people.values()].some(isMissed))) hello();
  }

  const watch = setInterval(look, AGAIN_MS);
  hello();
  return {
    hello,
    follow,
    hear: (frame) => (turn = turn.then(() => take(frame)).catch(lose)),
    publish: (kind, track) => carrier?.publish(kind, track),
    connections: () => carrier?.connections?.() ?? [],
    leave() {
      isOver = true;
      send({ kind: "bye" });
      clearInterval(watch);
      clearTimeout(renewal);
      carrier?.close();
    },
  };
}
