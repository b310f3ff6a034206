/* Short tones. A browser plays them once the person has touched the page. */

const HELP = [880, 660, 880, 660];
const SOFT = [520];
const SECONDS = 0.18;
let context;

function play(notes, volume) {
  context ??= new AudioContext();
  context.resume().catch(() => {});
  notes.forEach((hertz, at) => {
    const [tone, gain] = [context.createOscillator(), context.createGain()];
    const start = context.currentTime + at * SECONDS;
    tone.frequency.value = hertz;
    gain.gain.setValueAtTime(volume, start);
    gain.gain.exponentialRampToValueAtTime(0.001, start + SECONDS);
    tone.connect(gain).connect(context.destination);
    tone.start(start);
    tone.stop(start + SECONDS);
  });
}

export const soundOfHelp = () => play(HELP, 0.3);
export const softSound = () => play(SOFT, 0.1);
