/* One connection to one other window: perfect negotiation (W3C WebRTC, 10.7). One side makes the first
   offer; after it either may. */

import { withOpus } from "./opus.js";

const TOGETHER_MS = 80; // candidates that come together travel together
const AT_ONCE = 20;

export function openPeer({ config, begins, say, onTrack, onFailed }) {
  const pc = new RTCPeerConnection({ ...config, bundlePolicy: "max-bundle" });
  const tracks = { audio: null, video: null };
  let [isOffering, ignores, turn, found, session] = [false, false, Promise.resolve(), [], null];

  pc.addEventListener("track", ({ track }) => onTrack(track));
  pc.addEventListener("negotiationneeded", () => (begins || session) && offer());
  pc.addEventListener("connectionstatechange", () => pc.connectionState === "failed" && onFailed());
  pc.addEventListener("icecandidate", ({ candidate }) => {
    if (!candidate) return;
    if (!found.length) setTimeout(tellFound, TOGETHER_MS);
    found.push(candidate.toJSON());
  });

  function tellFound() {
    for (; found.length; found = found.slice(AT_ONCE)) {
      say("candidates", { candidates: found.slice(0, AT_ONCE) });
    }
  }

  async function offer() {
    try {
      isOffering = true;
      await pc.setLocalDescription();
      say("description", { description: pc.localDescription.toJSON() });
    } finally {
      isOffering = false;
    }
  }

  async function take({ description, candidates }) {
    if (description) return describe(description);
    for (const candidate of candidates ?? []) {
      await pc.addIceCandidate(candidate).catch((error) => {
        if (!ignores) throw error;
      });
    }
  }

  async function describe(description) {
    const collides = description.type === "offer" && (isOffering || pc.signalingState !== "stable");
    ignores = begins && collides; // who begins does not give way
    if (ignores) return;
    session ??= sessionOf(description);
    await pc.setRemoteDescription(withOpus(description));
    if (description.type !== "offer") return;
    for (const transceiver of pc.getTransceivers()) transceiver.direction = "sendrecv";
    await put();
    await pc.setLocalDescription();
    say("description", { description: pc.localDescription.toJSON() });
  }

  async function put() {
    for (const { sender, receiver } of pc.getTransceivers()) {
      const track = tracks[receiver.track.kind];
      if (sender.track !== track) await sender.replaceTrack(track);
    }
  }

  /* Who answers may have answered an offer under the old policy, and then has no candidate of the new
     one: each side gathers anew when its own policy changes. New passes alone need one restart. */
  function reach(fresh) {
    const old = pc.getConfiguration();
    pc.setConfiguration({ ...old, ...fresh });
    if (begins || fresh.iceTransportPolicy !== old.iceTransportPolicy) pc.restartIce();
  }

  if (begins) for (const kind of ["audio", "video"]) pc.addTransceiver(kind, { direction: "sendrecv" });
  return {
    pc,
    hear: (frame) => (turn = turn.then(() => take(frame)).catch(onFailed)),
    publish: (kind, track) => ((tracks[kind] = track), (turn = turn.then(put).catch(onFailed))),
    isAnother: ({ type, sdp }) => type === "offer" && session !== null && session !== sessionOf({ sdp }),
    reach,
    close: () => pc.close(),
  };
}

function sessionOf({ sdp }) {
  return /^o=\S+ (\d+)/m.exec(sdp)?.[1] ?? null;
}
