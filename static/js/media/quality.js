/* How well each line carries, from what the browser counts: lost packets and time on the way. */

const POOR = { loss: 0.12, seconds: 1.2 };
const FAIR = { loss: 0.04, seconds: 0.5 };

export function makeQuality() {
  const before = new WeakMap();

  /* Null while nothing comes through at all: to ask for less would mend nothing. */
  async function of(pc) {
    if (pc.connectionState !== "connected") return null;
    const now = { received: 0, lost: 0, seconds: 0, sent: 0 };
    for (const it of (await pc.getStats()).values()) {
      if (it.type === "inbound-rtp") [now.received, now.lost] = [now.received + it.packetsReceived, now.lost + it.packetsLost];
      if (it.type === "remote-inbound-rtp") now.sent = Math.max(now.sent, it.fractionLost ?? 0);
      if (it.type === "candidate-pair" && it.nominated) now.seconds = it.currentRoundTripTime ?? 0;
    }
    const last = before.get(pc) ?? now;
    before.set(pc, now);
    return grade(now, last);
  }
  return { of };
}

export function grade(now, last) {
  const [lost, received] = [Math.max(0, now.lost - last.lost), now.received - last.received];
  const loss = Math.max(now.sent, lost + received > 0 ? lost / (lost + received) : 0);
  if (loss > POOR.loss || now.seconds > POOR.seconds) return "poor";
  return loss > FAIR.loss || now.seconds > FAIR.seconds ? "fair" : "good";
}
