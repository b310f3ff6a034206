/* Through the server: one connection that sends, one that receives from everybody. The room's own
   line carries all that is said about them. A carrier, as mesh.js is one. */

import { makeSealer } from "./sealing/sealer.js";

const SIZES = [
  { rid: "q", scaleResolutionDownBy: 4, maxBitrate: 100_000 },
  { rid: "h", scaleResolutionDownBy: 2, maxBitrate: 300_000 },
  { rid: "f", maxBitrate: 700_000 },
];
const VOICE = [{ maxBitrate: 32_000, networkPriority: "high" }];
const MANY = 4; // pictures, from which on each is drawn so small that less will do
const VERY_MANY = 9;

export async function throughServer({ send, ice, room, onTrack, onGone, onState, onLost }) {
  const config = { iceServers: ice.iceServers, iceTransportPolicy: ice.iceTransportPolicy, bundlePolicy: "max-bundle" };
  const [up, down] = [new RTCPeerConnection(config), new RTCPeerConnection(config)];
  const sealer = await makeSealer({ send: (to, key) => send({ kind: "key", to, key }), onState });
  const senders = {};
  let [streams, turn, wish] = [[], Promise.resolve(), ""];

  const connected = (pc) => new Promise((resolve) => {
    pc.addEventListener("connectionstatechange", () => pc.connectionState === "connected" && resolve());
  });
  const ready = Promise.all([up, down].map(connected));

  for (const [pc, of] of [[up, "send"], [down, "receive"]]) {
    pc.addEventListener("icecandidate", ({ candidate }) => {
      if (candidate?.candidate) send({ kind: "candidates", of, candidates: [candidate.toJSON()] });
    });
    pc.addEventListener("connectionstatechange", () => pc.connectionState === "failed" && fail());
  }
  down.addEventListener("track", ({ transceiver: { receiver, mid } }) => sealer.receiving(receiver, mid));

  /* The server must let go of what we lost, before we come again. */
  function fail() {
    send({ kind: "bye" });
    onLost("lost");
  }

  async function offer() {
    for (const [kind, sendEncodings] of [["audio", VOICE], ["video", SIZES]]) {
      senders[kind] = up.addTransceiver(kind, { direction: "sendonly", sendEncodings }).sender;
      sealer.sending(senders[kind]);
    }
    await up.setLocalDescription();
    send({ kind: "description", description: up.localDescription.toJSON() });
  }

  async function describe({ description, streams: whose }) {
    if (description.type === "answer") return up.setRemoteDescription(description);
    const before = new Map(streams.map(({ mid, window }) => [mid, window]));
    streams = whose;
    sealer.streams(whose);
    await down.setRemoteDescription(description);
    // A place that somebody left is given to the next, and the browser sees no new track in that.
    for (const { mid, who, window } of streams) {
      if (before.get(mid) !== window) onTrack(who, down.getTransceivers().find((it) => it.mid === mid).receiver.track);
    }
    await down.setLocalDescription();
    send({ kind: "description", description: down.localDescription.toJSON() });
  }

  function take(video) {
    const pictures = [...room.people.values()].filter(({ camera }) => camera).length;
    const size = pictures > VERY_MANY ? 0 : pictures > MANY ? 1 : 2;
    if (wish === `${video} ${size}`) return;
    wish = `${video} ${size}`;
    send({ kind: "take", video, size });
  }

  const whose = (mid) => streams.find((stream) => stream.mid === mid)?.who;

  const heard = {
    description: (frame) => (turn = turn.then(() => describe(frame)).catch(fail)),
    hello: ({ from, who }) => who !== room.you.who && sealer.greet(from),
    key: ({ from, key }) => sealer.hear(from, key),
    gone({ from, who }) {
      sealer.lose(from);
      streams = streams.filter(({ window }) => window !== from);
      if (who !== room.you.who && !streams.some((stream) => stream.who === who)) onGone(who);
    },
    credentials: ({ ice: fresh }) => [up, down].forEach((pc) => pc.setConfiguration({ ...config, iceServers: fresh.iceServers })),
    lost: () => onLost("lost"),
    elsewhere: () => onLost("elsewhere"),
  };
  await offer();
  return {
    hear: (frame) => heard[frame.kind]?.(frame),
    publish: (kind, track) => senders[kind].replaceTrack(track).catch(fail),
    take,
    ready,
    connections: () => [up, down].map((pc) => ({ who: room.you.who, pc, whose })),
    close: () => (up.close(), down.close(), sealer.close()),
  };
}
