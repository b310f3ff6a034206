/* Looks at every line each three seconds: tells how well it carries, and when to want less. */

import { makeLadder } from "./ladder.js";
import { makeQuality } from "./quality.js";

const LOOK_MS = 3000;

export function watchLines({ connections, receives, onGrade, onStep }) {
  const [quality, ladder] = [makeQuality(), makeLadder()];

  async function look() {
    const grades = [];
    for (const { who, pc } of connections()) {
      const grade = await quality.of(pc);
      grades.push(grade);
      onGrade(who, grade);
    }
    if (!grades.length) return;
    const best = ["good", "fair", "poor"].find((grade) => grades.includes(grade));
    const step = ladder.look(best, receives()); // one weak line among good ones is the other side's
    if (step) onStep(step);
  }

  setInterval(look, LOOK_MS);
}
