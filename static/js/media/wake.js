/* Keeps the screen awake during a call, and asks again when the page comes back to the front. */

export function stayAwake() {
  let [lock, isOver] = [null, false];

  async function ask() {
    if (isOver || document.visibilityState !== "visible") return;
    lock = await navigator.wakeLock?.request("screen").catch(() => null); // a low battery may refuse
    if (isOver) lock?.release(); // the call was shorter than the question
  }

  document.addEventListener("visibilitychange", ask);
  ask();
  return () => {
    isOver = true;
    document.removeEventListener("visibilitychange", ask);
    lock?.release();
  };
}
