/* What somebody writes along while others speak: the last two lines, above the conversation, which
   makes room for them. Kept by nobody, and gone when nothing is written for a while. */

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
    if (frame.kind !== "captioned") return;
    const line = document.createElement("p");
    line.dir = "auto";
    line.textContent = frame.text;
    region.append(line);
    while (region.children.length > SHOWN) region.firstElementChild.remove();
    region.hidden = false;
    clearTimeout(timer);
    timer = setTimeout(clear, STAYS_MS);
  };
}
