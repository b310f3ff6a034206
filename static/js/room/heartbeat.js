/* Notices that nothing comes any more, and that the network or the page is back. */

export function heartbeat({ onSilence, onReturn }) {
  let silence;
  const look = () => document.hidden || onReturn();
  for (const back of ["online", "pageshow"]) window.addEventListener(back, look);
  document.addEventListener("visibilitychange", look);
  return {
    /* Something must come within so many milliseconds from now. */
    expect(duration) {
      clearTimeout(silence);
      silence = setTimeout(onSilence, duration);
    },
    stop: () => clearTimeout(silence),
  };
}
