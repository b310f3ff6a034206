/* Each with each: one connection to every other window in the call. A carrier, as janus.js is one:
   `publish` sends a track, `take` says what one wants, `sync` follows the room. */

import { openPeer } from "./peer.js";
import { shareOut } from "./share.js";

const AGAIN_MS = 1500;

export function eachWithEach({ send, you, ice, room, onTrack, onGone, onLost }) {
  const peers = new Map();
  const own = { audio: null, video: null };
  let reach = ice;

  function configFor(who) {
    const direct = room.you.is_direct && room.people.get(who)?.is_direct;
    return { iceServers: reach.iceServers, iceTransportPolicy: direct ? "all" : "relay" };
  }

  function meet(from, who) {
    if (peers.has(from) || !room.people.has(who)) return;
    const begins = Number(from) > Number(you); // the elder window calls the younger
    const peer = openPeer({
      config: configFor(who),
      begins,
      say: (kind, fields) => send({ kind, to: from, whom: who, ...fields }),
      onTrack: (track) => onTrack(who, track),
      onFailed: () => retry(from, who),
    });
    peers.set(from, Object.assign(peer, { who }));
    sync();
  }

  function retry(from, who) {
    if (!drop(from)) return;
    setTimeout(() => send({ kind: "here", to: from, whom: who }), AGAIN_MS);
    setTimeout(() => meet(from, who), AGAIN_MS);
  }

  function drop(from) {
    const peer = peers.get(from);
    peer?.close();
    peers.delete(from);
    if (peer && ![...peers.values()].some(({ who }) => who === peer.who)) onGone(peer.who);
    return Boolean(peer);
  }

  function sync() {
    for (const [from, peer] of peers) {
      const card = room.people.get(peer.who);
      if (!card) drop(from);
      else {
        peer.publish("audio", card.receives === "text" ? null : own.audio);
        peer.publish("video", card.receives === "everything" ? own.video : null);
      }
    }
    shareOut([...peers.values()].map(({ pc }) => pc));
  }

  function redirect() {
    for (const { who, pc, reach: again } of peers.values()) {
      const config = configFor(who);
      if (config.iceTransportPolicy !== pc.getConfiguration().iceTransportPolicy) again(config);
    }
  }

  const heard = {
    hello: ({ from, who }) => (who === room.you.who ? onLost("elsewhere") : (send({ kind: "here", to: from, whom: who }), meet(from, who))),
    here: ({ from, who }) => meet(from, who),
    gone: ({ from }) => drop(from),
    description(frame) {
      if (peers.get(frame.from)?.isAnother(frame.description)) drop(frame.from); // it began anew
      meet(frame.from, frame.who);
      peers.get(frame.from)?.hear(frame);
    },
    candidates: (frame) => peers.get(frame.from)?.hear(frame),
    credentials({ ice: fresh }) {
      reach = fresh;
      for (const peer of peers.values()) peer.reach(configFor(peer.who));
    },
  };
  return {
    hear: (frame) => heard[frame.kind]?.(frame),
    publish: (kind, track) => ((own[kind] = track), sync()),
    take() {}, // the others see in the room what one wants, and send no more
    sync: () => (redirect(), sync()),
    connections: () => [...peers.values()].map(({ who, pc }) => ({ who, pc })),
    close: () => [...peers.keys()].forEach(drop),
  };
}
