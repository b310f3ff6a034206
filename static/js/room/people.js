/* The people in the room, and for facilitators those waiting or removed. */

export function people(root, words, room) {
  const inside = root.querySelector("[data-people]");
  const waiting = root.querySelector("[data-waiting]");
  const removed = root.querySelector("[data-removed]");

  function drawInside(card) {
    const drawn = draw("[data-person-template]", card);
    const isMe = card.who === room.you.who;
    drawn.querySelector("[data-staff]").hidden = card.role === "member";
    drawn.querySelector("[data-listens]").hidden = !card.only_listens;
    drawn.querySelector("[data-other]").hidden = isMe;
    const member = drawn.querySelector("[data-member]");
    if (member) member.hidden = card.role !== "member";
    return drawn;
  }

  function drawVoice(drawn, { microphone, is_muted }) {
    const [mute, allow] = ["mute", "allow_voice"].map((command) => drawn.querySelector(`[data-do=${command}]`));
    if (!mute) return;
    const hasFocus = document.activeElement === mute || document.activeElement === allow;
    mute.hidden = is_muted || !microphone;
    allow.hidden = !is_muted;
    if (hasFocus) (is_muted ? allow : drawn.querySelector("summary")).focus();
  }

  function drawWaiting(card) {
    const drawn = draw("[data-waiting-template]", card);
    drawn.querySelector("[data-standby]").hidden = card.has_seat;
    return drawn;
  }

  function draw(template, card) {
    const drawn = root.querySelector(template).content.firstElementChild.cloneNode(true);
    drawn.dataset.who = card.who;
    for (const name of drawn.querySelectorAll("[data-name]")) name.textContent = card.alias ?? words.someone;
    return drawn;
  }

  /* Keeps the elements of people who stay, so that the keyboard focus stays too. */
  function update(list, cards, drawOne) {
    const kept = new Map([...list.children].map((element) => [element.dataset.who, element]));
    const drawn = [...cards.values()].map((card) => {
      const old = kept.get(card.who);
      // Only these fields draw an element anew, because that closes its open menu.
      const drawnFrom = JSON.stringify([card.who, card.alias, card.role, card.has_seat, card.only_listens]);
      const element = old?.dataset.card === drawnFrom ? old : drawOne(card);
      element.dataset.card = drawnFrom;
      drawVoice(element, card);
      return element;
    });
    const isUnchanged =
      drawn.length === list.children.length && drawn.every((one, at) => list.children[at] === one);
    if (!isUnchanged) list.replaceChildren(...drawn);
  }

  return () => {
    update(inside, room.people, drawInside);
    root.querySelector("[data-count]").textContent = room.count || "";
    root.querySelector("[data-crowd]").hidden = room.people.size >= room.count;
    if (!waiting) return;
    update(waiting, room.waiting, drawWaiting);
    update(removed, room.removed, (card) => draw("[data-removed-template]", card));
    removed.parentElement.hidden = !room.removed.size;
    root.querySelector("[data-waiting-count]").textContent = room.waiting.size || "";
  };
}
