/* How loud a track is, from 0 to 1, listened to on this machine alone. */

let context;

export function levelOf(track) {
  context ??= new AudioContext();
  context.resume();
  const source = context.createMediaStreamSource(new MediaStream([track]));
  const ear = context.createAnalyser();
  ear.fftSize = 512;
  source.connect(ear);
  const wave = new Float32Array(ear.fftSize);
  return {
    now() {
      ear.getFloatTimeDomainData(wave);
      const power = wave.reduce((sum, it) => sum + it * it, 0) / wave.length;
      return Math.min(1, Math.sqrt(power) * 4);
    },
    stop: () => source.disconnect(),
  };
}
