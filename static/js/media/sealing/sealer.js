/* Who has which key in this call, and whether everybody's browser can seal. As soon as one cannot,
   nobody does, and the page says so: half a promise is none. */

import { canTurnOn, nextAge, turnOn } from "./frames.js";
import { codeOf, makePair, newSecret, unwrap, wrap } from "./keys.js";

const SETTLE_MS = 300; // a key is on its way to the others before it is used

export const canSeal = () => "RTCRtpScriptTransform" in globalThis && "transform" in RTCRtpSender.prototype;

/* `send(line, text)` carries a message to one window; `onState({sealed, digits})` tells the page. */
export async function makeSealer({ send, onState }) {
  const worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
  const [pair, able, others] = [await makePair(), canSeal(), new Map()];
  let own = { id: 0, secret: newSecret() };
  let turn = Promise.resolve(); // one change of keys after the other
  const tell = (kind, fields) => worker.postMessage({ kind, ...fields });
  worker.addEventListener("message", ({ data }) => introduce(data.missing, { again: true }));

  async function introduce(line, more = {}) {
    const shown = others.get(line)?.shown;
    const wrapped = shown && (await wrap(pair, shown, own));
    send(line, JSON.stringify({ shown: pair.shown, able, wrapped, ...more }));
  }

  async function settle() {
    const sealed = able && [...others.values()].every((other) => other.able);
    tell("sealing", { on: sealed });
    const known = [...others.values()].map((other) => other.shown).filter(Boolean);
    onState({ sealed, digits: sealed ? await codeOf([pair.shown, ...known]) : null });
  }

  /* A new secret, which whoever left does not get. */
  async function renew() {
    own = { id: nextAge(own.id), secret: newSecret() };
    await Promise.all([...others.keys()].map((line) => introduce(line)));
    setTimeout(() => tell("own", own), SETTLE_MS);
  }

  const steps = {
    async greet(line) {
      others.set(line, others.get(line) ?? { able: true });
      if (canTurnOn(own.id)) {
        own = { id: own.id + 1, secret: await turnOn(own.secret) }; // what was before her stays closed
        tell("own", own);
      } else await renew();
      await introduce(line);
    },
    async hear(line, text) {
      const { shown, able: theirs, wrapped, again } = JSON.parse(text);
      const before = others.get(line);
      others.set(line, { shown, able: theirs === true });
      tell("plain", { line, on: theirs !== true });
      const key = wrapped && (await unwrap(pair, shown, wrapped));
      if (key) tell("theirs", { line, ...key });
      if (before?.shown !== shown || again) await introduce(line);
      await settle();
    },
    async lose(line) {
      if (!others.delete(line)) return;
      tell("gone", { line });
      await renew();
      await settle();
    },
  };

  const step = (name) => (...given) => (turn = turn.then(() => steps[name](...given)).catch(console.warn));
  tell("own", own);
  await settle();
  const attach = (end, options) => able && (end.transform = new RTCRtpScriptTransform(worker, options));
  return {
    ...{ greet: step("greet"), hear: step("hear"), lose: step("lose") },
    sending: (sender) => attach(sender, { way: "out" }),
    receiving: (receiver, mid) => attach(receiver, { way: "in", mid }),
    streams: (streams) => tell("streams", { streams }),
    close: () => worker.terminate(),
  };
}
