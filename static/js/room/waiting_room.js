/* The waiting room: who facilitates, when it starts, and after five minutes alone where else to go. */

import { copyOf, nameAll } from "./names.js";

const MINUTE_MS = 60_000;
const ALONE_MS = 5 * MINUTE_MS;
const LOOK_MS = 5000;

export function waitingRoom(root, words, room) {
  const told = root.querySelector("[data-told]");
  const starts = root.querySelector("[data-starts]");
  const next = root.querySelector("[data-next-meeting]");
  let aloneSince = null;

  function tick() {
    if (room.you?.status !== "waiting") return (aloneSince = null);
    aloneSince = room.hosts.length ? null : (aloneSince ?? Date.now());
    next.hidden = aloneSince === null || Date.now() - aloneSince < ALONE_MS;
    const minutes = (Date.parse(room.starts_at) - Date.now()) / MINUTE_MS;
    const text = minutes > 0 ? words.starts_in.replace("{minutes}", Math.ceil(minutes)) : words.started_ago;
    return (starts.textContent = text.replace("{minutes}", Math.floor(-minutes)));
  }

  function drawHost(alias) {
    const drawn = copyOf(root.querySelector("[data-host-template]"));
    drawn.querySelector(".avatar").dataset.avatar = "";
    nameAll(drawn, alias);
    return drawn;
  }

  setInterval(tick, LOOK_MS);
  return () => {
    if (room.you.status !== "waiting") return;
    const names = new Intl.ListFormat(document.documentElement.lang).format(room.hosts);
    const text = room.hosts.length ? words.hosts_told.replace("{name}", () => names) : words.no_host_yet;
    if (told.textContent !== text) told.textContent = text;
    root.querySelector("[data-hosts]").replaceChildren(...room.hosts.map(drawHost));
    root.querySelector("[data-full]").hidden = !room.is_full;
    tick();
  };
}
