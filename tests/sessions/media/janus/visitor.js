(async () => {
  const { throughServer } = await import("/static/js/media/janus.js");
  const tracks = new Map(); // id of a track -> who
  const carrier = await throughServer({
    send: (message) => tell(message),
    ice: { iceServers: [], iceTransportPolicy: "all" },
    room: { you: { who: "me" }, people: new Map() },
    onTrack(who, track) {
      tracks.set(track.id, who);
      const sink = document.body.appendChild(document.createElement(track.kind));
      Object.assign(sink, { srcObject: new MediaStream([track]), autoplay: true });
    },
    onGone() {},
    onState: note,
    onLost: (kind) => note({ lost: kind }),
  });

  async function inbound(who) {
    const [, down] = carrier.connections();
    const reports = [...(await down.pc.getStats()).values()];
    return reports.filter((it) => it.type === "inbound-rtp" && tracks.get(it.trackIdentifier) === who);
  }
  const sum = (reports, name) => reports.reduce((all, report) => all + (report[name] ?? 0), 0);

  globalThis.hear = (frame) => carrier.hear(frame);
  globalThis.bytes = async (who, kind) => sum((await inbound(who)).filter((it) => it.kind === kind), "bytesReceived");
  globalThis.decoded = async (who) => sum(await inbound(who), "framesDecoded");
  globalThis.publish = async () => {
    const own = await navigator.mediaDevices.getUserMedia({ audio: true, video: { width: 640, height: 360 } });
    for (const track of own.getTracks()) await carrier.publish(track.kind, track);
  };
})();
