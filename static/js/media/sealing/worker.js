/* Runs beside the page: frames pass through here on their way out and in. The page tells it our own
   key, the others' keys by the line they are on, and which stream is whose. */

import { keyOf, open, seal } from "./frames.js";

const ASK_EVERY_MS = 2000;

const keysOf = new Map(); // line -> (id -> key)
const unsealed = new Set(); // lines that said that they do not seal
const lineOf = new Map(); // mid -> line
let own = null;
let isSealing = false;

const told = {
  async own({ id, secret }) {
    own = await keyOf(id, secret);
  },
  sealing({ on }) {
    isSealing = on;
  },
  async theirs({ line, id, secret }) {
    if (!keysOf.has(line)) keysOf.set(line, new Map());
    const keys = keysOf.get(line);
    keys.set(id, await keyOf(id, secret));
    if (keys.size > 4) keys.delete(keys.keys().next().value);
  },
  plain({ line, on }) {
    unsealed[on ? "add" : "delete"](line);
  },
  gone({ line }) {
    keysOf.delete(line);
    unsealed.delete(line);
  },
  streams({ streams }) {
    lineOf.clear();
    for (const { mid, window } of streams) lineOf.set(mid, window);
  },
};

let turn = Promise.resolve(); // one after the other: a key must stand before it is used
addEventListener("message", ({ data }) => {
  turn = turn.then(() => told[data.kind](data));
});

async function outwards(frame, controller) {
  if (isSealing) {
    if (!own) return; // rather nothing than something unsealed
    await seal(frame, own);
  }
  controller.enqueue(frame);
}

/* What cannot be opened is not played. A key that never came is asked for; a picture is asked for
   anew as soon as one can be opened. */
function inwards(mid, transformer) {
  let [isBroken, asked] = [false, 0];
  return async (frame, controller) => {
    const line = lineOf.get(mid);
    if (await open(frame, keysOf.get(line) ?? new Map())) {
      if (isBroken && frame.type) transformer.sendKeyFrameRequest().catch(() => {});
      isBroken = false;
      controller.enqueue(frame);
      return;
    }
    if (unsealed.has(line)) return void controller.enqueue(frame);
    isBroken = true;
    if (!line || performance.now() - asked < ASK_EVERY_MS) return;
    asked = performance.now();
    postMessage({ missing: line });
  };
}

addEventListener("rtctransform", ({ transformer }) => {
  const { way, mid } = transformer.options;
  const transform = way === "out" ? outwards : inwards(mid, transformer);
  transformer.readable.pipeThrough(new TransformStream({ transform })).pipeTo(transformer.writable).catch(() => {});
});
