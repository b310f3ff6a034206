/* Grades each connection as good, fair or poor, from what the browser counted since the last look. */

const POOR = { loss: 0.12, seconds: 1.2 };
const FAIR = { loss: 0.04, seconds: 0.5 };
const FULL_SECONDS = 0.25; // a line that has too much to carry is slow as well

export function makeQuality() {
  const before = new WeakMap(); // connection → its counts at the last look

  /* Returns null when there is nothing to judge by: while the connection is down, at its first look,
     and after a look in which nothing arrived. `whose` names the sender of a `mid`, where a server
     lies between. */
  async function of(pc, whose) {
    if (pc.connectionState !== "connected") return null;
    const [last, now] = [before.get(pc), read(await pc.getStats(), whose)];
    before.set(pc, now);
    const seen = last && since(last, now);
    return seen?.isAny ? grade({ ...seen, isServed: Boolean(whose) }) : null;
  }
  return { of };
}

/* `reports` has the time and the loss of the newest RTCP report about each stream that is sent. */
function read(stats, whose) {
  const [counts, reports] = [new Map(), new Map()];
  for (const it of stats.values()) {
    if (it.type === "inbound-rtp") add(counts, whose?.(it.mid), it);
    if (it.type === "remote-inbound-rtp") reports.set(it.id, { at: it.timestamp, lost: it.fractionLost ?? 0 });
  }
  const { id, currentRoundTripTime: seconds = 0, responsesReceived: answers = 0 } = pairInUse(stats) ?? {};
  return { counts, reports, pair: { id, seconds, answers } };
}

function add(counts, who, { packetsReceived, packetsLost }) {
  const { received, lost } = counts.get(who) ?? { received: 0, lost: 0 };
  counts.set(who, { received: received + packetsReceived, lost: lost + packetsLost });
}

/* Browsers go on listing pairs that were nominated and are no longer used. */
function pairInUse(stats) {
  const all = [...stats.values()];
  const transport = all.find((it) => it.type === "transport" && it.selectedCandidatePairId);
  if (transport) return stats.get(transport.selectedCandidatePairId);
  const pairs = all.filter((it) => it.type === "candidate-pair");
  return pairs.find((it) => it.selected) ?? pairs.find((it) => it.nominated);
}

/* A report stays in the statistics after its stream has ended, so an old one says nothing about now. */
function since(last, now) {
  const from = [...now.counts].map(([who, counts]) => difference(last.counts.get(who) ?? counts, counts));
  const fresh = [...now.reports].filter(([id, { at }]) => at !== last.reports.get(id)?.at).map(([, { lost }]) => lost);
  const isAnswered = now.pair.id !== last.pair.id || now.pair.answers > last.pair.answers;
  return {
    from,
    sent: Math.max(0, ...fresh),
    seconds: now.pair.seconds,
    isAny: isAnswered || fresh.length > 0 || from.some(({ received, lost }) => received || lost),
  };
}

const difference = (last, now) => ({ received: Math.max(0, now.received - last.received), lost: Math.max(0, now.lost - last.lost) });

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
