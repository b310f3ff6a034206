/* Attaches behaviour to the elements that ask for it: data-behaviour="copy relative". A page is
   complete without any of it; a module is fetched only where something on the page needs it. */

const modules = {
  confirm: () => import("./confirm.js"),
  copy: () => import("./copy.js"),
  "in-place": () => import("./in-place.js"),
  poll: () => import("./poll.js"),
  preview: () => import("./preview.js"),
  push: () => import("./push.js"),
  "quick-exit": () => import("./quick-exit.js"),
  relative: () => import("./relative.js"),
  reveal: () => import("./reveal.js"),
  room: () => import("./room/room.js"),
  suggest: () => import("./suggest.js"),
  week: () => import("./week/week.js"),
  zone: () => import("./zone.js"),
};

const attached = new WeakSet();

export async function attachAll(root) {
  const elements = [...root.querySelectorAll("[data-behaviour]")];
  if (root.matches?.("[data-behaviour]")) elements.push(root);
  await Promise.all(elements.map(attachOne));
}

async function attachOne(element) {
  if (attached.has(element)) return;
  attached.add(element);
  for (const name of element.dataset.behaviour.split(" ")) {
    const { attach } = await modules[name]();
    attach(element);
  }
}

attachAll(document);
/* The module that has put new content into an element says so; it must not import this one, for
   the hashed names of two files that import each other would never settle. */
document.addEventListener("commonhour:replaced", (event) => attachAll(event.target));
