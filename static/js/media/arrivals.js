/* Whose tracks have arrived by one carrier. `all` is resolved when those of `wanted` have, which the
   carrier before had; each is an array of a person and a kind of track. */

export function arrivals(wanted = []) {
  const [here, missing] = [new Map(), new Set(wanted.map(String))];
  let done;
  const all = new Promise((resolve) => (done = resolve));
  if (!missing.size) done();
  return {
    all,
    which: (isOn) => [...here.values()].filter(([who, kind]) => isOn(who, kind)),
    note(who, kind) {
      here.set(String([who, kind]), [who, kind]);
      if (missing.delete(String([who, kind])) && !missing.size) done();
    },
  };
}

/* A track is muted until its first packet arrives (W3C WebRTC, 5.3). Until then the track of the
   carrier before is played on. */
export function onceHeard(track, put) {
  if (track.muted) track.addEventListener("unmute", put, { once: true });
  else put();
}
