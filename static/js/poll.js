/* Looks again at something that is being worked on, and brings the page up to date once it has
   ended, without leaving it. Without this a link does the same. */

const PAUSE_MS = 2000;

export function attach(place) {
  async function look() {
    if (!place.isConnected) return;
    try {
      const answer = document.hidden ? null : await fetch(place.dataset.poll);
      if (answer?.ok && (await show(await answer.text()))) return;
    } catch {
      /* Offline for a moment: the next look will tell. */
    }
    setTimeout(look, PAUSE_MS);
  }

  /* Returns whether there is nothing more to look at. */
  async function show(told) {
    const found = parsed(told).querySelector("[data-poll-state]");
    if (found?.dataset.pollState === "ended") return renew();
    for (const part of place.querySelectorAll("[data-poll-part]")) {
      const fresh = found?.querySelector(`[data-poll-part="${part.dataset.pollPart}"]`);
      /* Changed, not replaced: whoever is on a button beside it stays there. */
      if (fresh && fresh.value !== undefined) part.value = fresh.value;
      if (fresh && fresh.textContent !== part.textContent) part.textContent = fresh.textContent;
    }
    return false;
  }

  async function renew() {
    const answer = await fetch(location.href);
    if (!answer.ok) return false;
    const main = document.querySelector("main");
    const held = main.contains(document.activeElement);
    main.replaceChildren(...parsed(await answer.text()).querySelector("main").childNodes);
    if (held) main.focus();
    document.dispatchEvent(new CustomEvent("commonhour:replaced"));
    return true;
  }

  setTimeout(look, PAUSE_MS);
}

function parsed(text) {
  return new DOMParser().parseFromString(text, "text/html");
}
