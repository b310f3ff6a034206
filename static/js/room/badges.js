/* How much waits: numbers on the controls, and in the title of the window. */

export function badges(root, words, room) {
  const title = document.title;

  function put(name, count) {
    for (const badge of root.querySelectorAll(`[data-badge="${name}"]`)) {
      badge.hidden = !count;
      badge.textContent = count || "";
      badge.ariaLabel = words[`badge_${name}`]?.replace("{count}", count) ?? null;
      badge.role = count ? "img" : null;
    }
  }

  function update() {
    const isStaff = room.you.role !== "member";
    const calls = [...room.helpCalls.keys()].filter((who) => who !== room.you.who).length;
    const unread = [...room.unreadPrivate.values()].reduce((sum, count) => sum + count, 0) + room.unreadAmong;
    put("chat", room.unread);
    put("among", room.unreadAmong);
    put("host", room.waiting.size + (room.turns.hands?.length ?? 0) + calls + unread);
    const prefix = isStaff && room.waiting.size ? `(${room.waiting.size}) ` : "";
    document.title = (isStaff && calls ? "(!) " : prefix) + title;
  }

  room.onCounts = update;
  return update;
}
