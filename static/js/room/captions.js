/* The last two lines of captions, on the stage. They disappear when no more come. They are no live
   region: who listens to a screen reader hears what is captioned. */

import { KIND } from "./event_kinds.js";

const SHOWN = 2;
const STAYS_MS = 20_000;

export function captions(root) {
  const region = root.querySelector("[data-captions]");
  let timer;

  function clear() {
    region.replaceChildren();
    region.hidden = true;
  }

  return (frame) => {
    if (frame.kind !== KIND.CAPTIONED) return;
    const caption = document.createElement("p");
    caption.dir = "auto";
    caption.textContent = frame.text;
    region.append(caption);
    while (region.children.length > SHOWN) region.firstElementChild.remove();
    region.hidden = false;
    clearTimeout(timer);
    timer = setTimeout(clear, STAYS_MS);
  };
}
