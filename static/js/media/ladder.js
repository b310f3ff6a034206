/* Steps down when a line cannot carry what it is asked to: pictures first, then voices, then text.
   Going up again is the person's own choice. */

const PATIENCE = 4; // poor looks in a row, three seconds apart
const STEPS = ["everything", "audio", "text"];

export function makeLadder() {
  let poor = 0;
  return {
    /* Returns the next step down, or null. `quality` is the best of all lines: one weak line is theirs. */
    look(quality, receives) {
      poor = quality === "poor" ? poor + 1 : 0;
      if (poor < PATIENCE) return null;
      poor = 0;
      return STEPS[STEPS.indexOf(receives) + 1] ?? null;
    },
  };
}
