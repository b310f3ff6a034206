/* Keys of a call. Each window has a pair that lives as long as its call (ECDH, P-256) and a secret
   that its frames are sealed with; the secret goes to every other window in a wrapping that only
   that one opens. The server carries all of it and can open none; what it could do nevertheless
   stands in docs/reference/media.md. */

const CURVE = { name: "ECDH", namedCurve: "P-256" };
const text = new TextEncoder();
const toText = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes)));
const toBytes = (written) => Uint8Array.from(atob(written), (letter) => letter.charCodeAt(0));

export async function makePair() {
  const { privateKey, publicKey } = await crypto.subtle.generateKey(CURVE, false, ["deriveBits"]);
  return { privateKey, shown: toText(await crypto.subtle.exportKey("raw", publicKey)) };
}

export const newSecret = () => crypto.getRandomValues(new Uint8Array(32));

/* Both ends of a wrapping go into it, so that it cannot be played to anybody else. */
async function between(pair, from, to) {
  const theirs = pair.shown === from ? to : from;
  const other = await crypto.subtle.importKey("raw", toBytes(theirs), CURVE, false, []);
  const bits = await crypto.subtle.deriveBits({ ...CURVE, public: other }, pair.privateKey, 256);
  const base = await crypto.subtle.importKey("raw", bits, "HKDF", false, ["deriveKey"]);
  const info = text.encode(`commonhour call ${from} ${to}`);
  const how = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(32), info };
  return crypto.subtle.deriveKey(how, base, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
}

export async function wrap(pair, theirs, { id, secret }) {
  const key = await between(pair, pair.shown, theirs);
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const plain = Uint8Array.of(id, ...secret);
  const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, plain);
  return `${toText(iv)}.${toText(sealed)}`;
}

/* Returns nothing when it was not wrapped for us, by them. */
export async function unwrap(pair, theirs, wrapped) {
  try {
    const key = await between(pair, theirs, pair.shown);
    const [iv, sealed] = wrapped.split(".").map(toBytes);
    const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv }, key, sealed);
    const [id, ...secret] = new Uint8Array(plain);
    return { id, secret: Uint8Array.from(secret) };
  } catch {
    return null;
  }
}

/* Thirty digits that are the same for everyone in the call, unless somebody stands in between. */
export async function codeOf(shown) {
  const all = text.encode(["commonhour code", ...shown.toSorted()].join(" "));
  const hash = new DataView(await crypto.subtle.digest("SHA-256", all));
  const group = (at) => String(hash.getUint32(at * 4) % 100_000).padStart(5, "0");
  return [0, 1, 2, 3, 4, 5].map(group).join(" ");
}
