/* This machine's microphone, camera and loudspeaker: open only while they are wanted. */

const SPEECH = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };
const PICTURE = { width: { ideal: 640 }, height: { ideal: 360 }, frameRate: { ideal: 20, max: 24 } };

export function ownDevices() {
  const chosen = { audioinput: "", videoinput: "", audiooutput: "", blur: false };
  // Where a browser can be told: a conversation, and no reason to turn other sounds down.
  if (navigator.audioSession) navigator.audioSession.type = "play-and-record";

  async function open(kind) {
    const isVoice = kind === "audio";
    const id = isVoice ? chosen.audioinput : chosen.videoinput;
    const wanted = { ...(isVoice ? SPEECH : PICTURE), ...(id && { deviceId: { exact: id } }) };
    const stream = await navigator.mediaDevices.getUserMedia({ [kind]: wanted });
    const [track] = stream.getTracks();
    track.contentHint = isVoice ? "speech" : "motion";
    if (!isVoice && chosen.blur) await blur(track, true);
    return track;
  }

  return {
    chosen,
    open,
    list: async (kind) => (await navigator.mediaDevices.enumerateDevices()).filter((it) => it.kind === kind && it.deviceId),
    canBlur: (track) => track?.getCapabilities?.().backgroundBlur?.includes(true) ?? false,
    blur,
  };
}

/* Browsers that blur a background do it in the camera's own driver; elsewhere we say that we cannot. */
async function blur(track, on) {
  if (track.getCapabilities?.().backgroundBlur?.includes(on)) await track.applyConstraints({ backgroundBlur: on });
}

export const CAN_CHOOSE_OUTPUT = "setSinkId" in HTMLMediaElement.prototype;
export const HAS_DEVICES = Boolean(navigator.mediaDevices?.getUserMedia && window.RTCPeerConnection);
