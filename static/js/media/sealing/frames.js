/* Seals single frames, after the encoder and before the network: the idea of SFrame (RFC 9605) with
   a trailer of five bytes, the frame's number and the key's. Of a picture the first bytes stay
   clear, by which Janus knows a whole picture from a change: they say no more than its size. */

const TAG_BITS = 128;
const TRAILER = 5;
const RATCHET = 0x0f; // the lower half of a key's id: how often it was turned on since it was made
const text = new TextEncoder();

async function derive(secret, info, length) {
  const base = await crypto.subtle.importKey("raw", secret, "HKDF", false, ["deriveBits"]);
  const how = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(32), info: text.encode(info) };
  return new Uint8Array(await crypto.subtle.deriveBits(how, base, length * 8));
}

/* One way: who has a secret can go on, and not back. */
export const turnOn = (secret) => derive(secret, "commonhour next", 32);

export async function keyOf(id, secret) {
  const raw = await derive(secret, "commonhour frame key", 32);
  const key = await crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt", "decrypt"]);
  return { id, secret, key, salt: await derive(secret, "commonhour frame salt", 12), count: 0 };
}

function nonce(salt, number) {
  const iv = salt.slice();
  const end = new DataView(iv.buffer, 8);
  end.setUint32(0, end.getUint32(0) ^ number);
  return iv;
}

/* A whole picture in VP8 begins with ten bytes of header, a change with three (RFC 6386, 9.1). */
const clearBytes = (frame) => (frame.type === undefined ? 0 : frame.type === "key" ? 10 : 3);

export async function seal(frame, own) {
  const [data, number] = [new Uint8Array(frame.data), own.count++];
  if (number > 0xffff_ffff) throw new Error("this key has sealed enough");
  const clear = data.subarray(0, Math.min(clearBytes(frame), data.length));
  const trailer = new Uint8Array(TRAILER);
  new DataView(trailer.buffer).setUint32(0, number);
  trailer[4] = own.id;
  const how = { name: "AES-GCM", iv: nonce(own.salt, number), tagLength: TAG_BITS };
  how.additionalData = Uint8Array.of(...clear, ...trailer);
  const sealed = new Uint8Array(await crypto.subtle.encrypt(how, own.key, data.subarray(clear.length)));
  const whole = new Uint8Array(clear.length + sealed.length + TRAILER);
  whole.set(clear);
  whole.set(sealed, clear.length);
  whole.set(trailer, clear.length + sealed.length);
  frame.data = whole.buffer;
}

/* Returns whether the frame could be opened; `keys` is what its sender gave us, by id. */
export async function open(frame, keys) {
  const data = new Uint8Array(frame.data);
  const end = data.length - TRAILER;
  const clear = data.subarray(0, clearBytes(frame));
  const key = end > clear.length && (await keyFor(keys, data[end + 4]));
  if (!key) return false;
  const number = new DataView(data.buffer, data.byteOffset + end).getUint32(0);
  const how = { name: "AES-GCM", iv: nonce(key.salt, number), tagLength: TAG_BITS };
  how.additionalData = Uint8Array.of(...clear, ...data.subarray(end));
  try {
    const plain = await crypto.subtle.decrypt(how, key.key, data.subarray(clear.length, end));
    const whole = new Uint8Array(clear.length + plain.byteLength);
    whole.set(clear);
    whole.set(new Uint8Array(plain), clear.length);
    frame.data = whole.buffer;
    return true;
  } catch {
    return false;
  }
}

/* Turns a key on as far as its sender did when somebody came. */
async function keyFor(keys, id) {
  if (keys.has(id)) return keys.get(id);
  const older = [...keys.values()].filter((key) => key.id >> 4 === id >> 4 && key.id < id);
  let last = older.sort((a, b) => b.id - a.id)[0];
  while (last && last.id < id) {
    last = await keyOf(last.id + 1, await turnOn(last.secret));
    keys.set(last.id, last);
  }
  return last;
}

export const canTurnOn = (id) => (id & RATCHET) < RATCHET;
export const nextAge = (id) => (((id >> 4) + 1) << 4) & 0xff;
