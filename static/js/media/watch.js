/* Looks at every connection each three seconds: tells how well it carries, when to ask for less, and
   when nothing comes through at all, as without the relay. */

import { makeLadder } from "./ladder.js";
import { makeQuality } from "./quality.js";

const LOOK_MS = 3000;
const LOOKS = 2;
const GRADES = ["good", "fair", "poor"];

export function watchLines(about) {
  const look = makeLook(about);
  let isLooking = false; // on a busy machine, statistics may take longer than the time between two looks
  setInterval(async () => {
    if (isLooking) return;
    isLooking = true;
    await look().finally(() => (isLooking = false));
  }, LOOK_MS);
}

/* Returns one look; the counts of earlier looks are kept between calls. */
export function makeLook({ connections, receives, onGrade, onStep, onReach }) {
  const [quality, ladder] = [makeQuality(), makeLadder()];
  const marked = new Set(); // who was last told to have a weak line
  let [isReached, otherwise] = [true, 0];

  /* One look may fall between two attempts. */
  function reach() {
    const all = connections();
    const now = !all.length || all.some(({ pc }) => pc.connectionState === "connected");
    otherwise = now === isReached ? 0 : otherwise + 1;
    if (otherwise === LOOKS) {
      [isReached, otherwise] = [now, 0];
      onReach(isReached);
    }
  }

  function mark(who, grade) {
    if (grade === "poor") marked.add(who);
    else marked.delete(who);
    onGrade(who, grade);
  }

  /* Who left the call, or went on in text, has no line to be weak. */
  function unmark() {
    const there = new Set(connections().map(({ who }) => who));
    [...marked].filter((who) => !there.has(who)).forEach((who) => mark(who, "good"));
  }

  return async function look() {
    reach();
    unmark();
    const worst = new Map(); // who leads two ways, as through a server, is as well off as the worse of them
    for (const { who, pc, whose } of connections()) {
      const grade = await quality.of(pc, whose);
      if (grade) worst.set(who, Math.max(GRADES.indexOf(grade), worst.get(who) ?? 0));
    }
    if (!worst.size) return;
    for (const [who, grade] of worst) mark(who, GRADES[grade]);
    const best = GRADES[Math.min(...worst.values())];
    const step = ladder.look(best, receives()); // one weak line among good ones is the other side's
    if (step) onStep(step);
  };
}
