/* Asks the other side for speech that survives a bad line: forward error correction, and silence
   that costs nothing (RFC 7587). What a description says is what its writer wants to receive. */

const WANTED = { useinbandfec: 1, usedtx: 1, stereo: 0, maxaveragebitrate: 32_000 };

export function withOpus(description) {
  const opus = /^a=rtpmap:(\d+) opus\/48000/im.exec(description.sdp)?.[1];
  if (!opus) return description;
  const line = new RegExp(`^a=fmtp:${opus} (.*?)\r?$`, "m");
  const sdp = description.sdp.replace(line, (_, given) => {
    const kept = given.split(";").filter((pair) => !(pair.split("=")[0].trim() in WANTED));
    const added = Object.entries(WANTED).map((pair) => pair.join("="));
    return `a=fmtp:${opus} ${[...kept, ...added].join(";")}\r`;
  });
  return { type: description.type, sdp };
}
