/* How a session is over for a person: one card for each way, and everything live stops. */

const REOPEN_MS = 120_000;

export function makeEndings(root, room) {
  let timer;

  /* Shows the card of one way to end, or of none while the room goes on. */
  function show(kind) {
    const cards = [...root.querySelectorAll("[data-ending]")];
    const known = cards.find((card) => card.dataset.ending === kind) ?? cards.find((card) => card.dataset.ending === "no_entry");
    for (const card of cards) card.hidden = !kind || card !== known;
    if (!kind) return;
    for (const part of root.querySelectorAll("[data-show]")) if (!part.closest("[data-ending]")) part.hidden = true;
    for (const dialog of root.querySelectorAll("dialog[open]")) dialog.close();
    known.querySelector("h2").focus();
  }

  /* Shows facilitators the way back for as long as there is one. */
  function offerToReopen(endedAt) {
    const offer = root.querySelector("[data-reopen]");
    if (!offer) return;
    clearTimeout(timer);
    const left = Date.parse(endedAt) + REOPEN_MS - Date.now();
    offer.hidden = left <= 0;
    timer = setTimeout(() => (offer.hidden = true), Math.max(0, left));
  }

  return {
    show,
    /* Follows the phase of the room: it may end, and be reopened. Returns whether it has ended. */
    follow(frame, before) {
      const isOver = room.phase === "ended";
      if (isOver && before !== "ended") {
        show("ended");
        offerToReopen(frame.at);
      }
      if (!isOver && before === "ended") show(null);
      return isOver;
    },
  };
}
