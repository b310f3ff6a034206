/* Divides what a home line can send among those it is sent to. */

const PICTURES_BPS = 1_200_000;
const BEST_BPS = 500_000;
const VOICE_BPS = 32_000;

export function shareOut(connections) {
  const share = Math.round(Math.min(BEST_BPS, PICTURES_BPS / Math.max(1, connections.length)));
  for (const pc of connections) {
    for (const sender of pc.getSenders()) {
      if (!sender.track) continue;
      const isPicture = sender.track.kind === "video";
      const wanted = sender.getParameters();
      const [encoding] = wanted.encodings;
      if (!encoding || encoding.maxBitrate === (isPicture ? share : VOICE_BPS)) continue;
      encoding.maxBitrate = isPicture ? share : VOICE_BPS;
      if (isPicture) encoding.scaleResolutionDownBy = share < 250_000 ? 2 : 1;
      else encoding.networkPriority = "high";
      sender.setParameters(wanted).catch(() => {}); // a connection that just closed
    }
  }
}
