/* One's own microphone and camera: open while they are on, closed at once when they are not. The
   server is asked before anything is sent, and what it takes away is closed here too. */

const VERBS = { audio: "microphone", video: "camera" };

export function ownTracks({ line, room, devices, onTrack, onRefused }) {
  const tracks = { audio: null, video: null };
  const asking = new Set();

  function put(kind, track) {
    tracks[kind]?.stop();
    tracks[kind] = track;
    onTrack(kind, track);
  }

  async function ask(kind, on) {
    asking.add(kind);
    const answer = await line.ask(VERBS[kind], { on });
    asking.delete(kind);
    return answer;
  }

  async function turnOn(kind) {
    if (asking.has(kind) || tracks[kind]) return;
    const track = await devices.open(kind).catch(() => onRefused(`no_${VERBS[kind]}`));
    if (!track) return; // none there, or not allowed by this browser
    const answer = await ask(kind, true);
    if (answer.type !== "ack") {
      track.stop();
      onRefused(answer.code);
      return;
    }
    track.addEventListener("ended", () => turnOff(kind)); // unplugged, or taken back
    put(kind, track);
    follow();
  }

  /* Closes the device whatever becomes of the question. */
  function turnOff(kind) {
    if (tracks[kind]) put(kind, null);
    if (room.you[VERBS[kind]] && !asking.has(kind)) ask(kind, false);
  }

  /* Does what the room decided; a page that was loaded anew has nothing open, and says so. */
  function follow() {
    for (const [kind, name] of Object.entries(VERBS)) {
      if (!asking.has(kind) && Boolean(tracks[kind]) !== room.you[name]) turnOff(kind);
    }
  }

  async function change(kind) {
    if (tracks[kind]) put(kind, await devices.open(kind));
  }

  return {
    ...{ tracks, follow, change },
    turn: (kind, on) => (on ? turnOn(kind) : turnOff(kind)),
    stop: () => Object.keys(VERBS).forEach(turnOff),
  };
}
