/* How well each line carries, from what the browser counts: lost packets and time on the way. */

const POOR = { loss: 0.12, seconds: 1.2 };
const FAIR = { loss: 0.04, seconds: 0.5 };
const FULL_SECONDS = 0.25; // a line that has too much to carry is slow as well

export function makeQuality() {
  const before = new WeakMap();

  /* Null while nothing comes through at all: to ask for less would mend nothing. `whose` names the
     sender of a place (mid) where a server lies between. */
  async function of(pc, whose) {
    if (pc.connectionState !== "connected") return null;
    const [counts, line] = [new Map(), { seconds: 0, sent: 0, isServed: Boolean(whose) }];
    for (const it of (await pc.getStats()).values()) {
      if (it.type === "inbound-rtp") add(counts, whose?.(it.mid), it);
      if (it.type === "remote-inbound-rtp") line.sent = Math.max(line.sent, it.fractionLost ?? 0);
      if (it.type === "candidate-pair" && it.nominated) line.seconds = it.currentRoundTripTime ?? 0;
    }
    const last = before.get(pc) ?? counts;
    before.set(pc, counts);
    return grade({ ...line, from: [...counts].map(([who, now]) => since(last.get(who) ?? now, now)) });
  }
  return { of };
}

function add(counts, who, { packetsReceived, packetsLost }) {
  const { received, lost } = counts.get(who) ?? { received: 0, lost: 0 };
  counts.set(who, { received: received + packetsReceived, lost: lost + packetsLost });
}

const since = (last, now) => ({ received: Math.max(0, now.received - last.received), lost: Math.max(0, now.lost - last.lost) });

/* `from` has what came of each person, and what of it was lost. A server passes on the gaps of a weak
   line into it: there, whoever lost most tells of their own line, unless ours is full. */
export function grade({ from, seconds, sent, isServed }) {
  const worstFirst = [...from].sort((one, other) => lossOf([other]) - lossOf([one]));
  const loss = Math.max(sent, lossOf(isServed && seconds < FULL_SECONDS ? worstFirst.slice(1) : from));
  if (loss > POOR.loss || seconds > POOR.seconds) return "poor";
  return loss > FAIR.loss || seconds > FAIR.seconds ? "fair" : "good";
}

function lossOf(counts) {
  const sum = (name) => counts.reduce((all, it) => all + it[name], 0);
  return sum("lost") ? sum("lost") / (sum("lost") + sum("received")) : 0;
}
