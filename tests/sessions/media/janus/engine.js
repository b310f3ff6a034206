/* A browser's media alone: what the room's page does with it, a test does by hand. */

const gathered = (pc) =>
  new Promise((resolve) => {
    const look = () => pc.iceGatheringState === "complete" && resolve(pc.localDescription.sdp);
    pc.addEventListener("icegatheringstatechange", look);
    look();
  });

globalThis.offer = async () => {
  const own = await navigator.mediaDevices.getUserMedia({
    audio: true,
    video: { width: 320, height: 180, frameRate: 10 },
  });
  globalThis.sender = new RTCPeerConnection();
  for (const track of [...own.getAudioTracks(), ...own.getVideoTracks()])
    sender.addTransceiver(track, { direction: "sendonly" });
  await sender.setLocalDescription();
  return gathered(sender);
};

globalThis.accept = (sdp) => sender.setRemoteDescription({ type: "answer", sdp });

globalThis.receive = async (sdp) => {
  globalThis.receiver ??= new RTCPeerConnection();
  receiver.ontrack = ({ track }) => {
    const sink = document.body.appendChild(document.createElement(track.kind));
    Object.assign(sink, { srcObject: new MediaStream([track]), autoplay: true });
  };
  await receiver.setRemoteDescription({ type: "offer", sdp });
  await receiver.setLocalDescription();
  return gathered(receiver);
};

globalThis.received = async () => {
  const seen = {};
  if (!globalThis.receiver) return seen;
  for (const report of (await receiver.getStats()).values())
    if (report.type === "inbound-rtp") seen[report.mid] = report.bytesReceived;
  return seen;
};

globalThis.endAll = () => {
  for (const name of ["sender", "receiver"]) {
    globalThis[name]?.close();
    delete globalThis[name];
  }
};

globalThis.pictures = async () => {
  const seen = { received: 0, understood: 0 };
  for (const { framesReceived, framesDecoded } of (await receiver.getStats()).values()) {
    seen.received += framesReceived ?? 0;
    seen.understood += framesDecoded ?? 0;
  }
  return seen;
};
