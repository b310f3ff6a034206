/* The side panels, of which one is open, and the dialogs. Panels are docked on wide screens and sheets
   on phones; the stage stays usable beside them. */

import { nameAll } from "./names.js";
import { aliasOf } from "./aliases.js";

const WIDE = matchMedia("(width >= 62rem)");

export function makePanels(root, words, room) {
  const all = [...root.querySelectorAll("[data-panel]")];
  const byId = (id) => root.querySelector(`#${id}`);
  const openerOf = (id) => root.querySelector(`.control[aria-controls="${id}"]`);
  const watchers = new Map(); // id of a dialog or panel → what happens when it opens

  function open(id, { focus = true } = {}) {
    for (const panel of all) panel.hidden = panel.id !== id;
    for (const { id: other } of all) if (openerOf(other)) openerOf(other).ariaExpanded = String(other === id);
    watchers.get(id)?.();
    if (focus) byId(id)?.querySelector("h2").focus();
  }

  function close(id) {
    if (byId(id).hidden) return;
    open(null, { focus: false });
    (openerOf(id) ?? openerOf("chat"))?.focus();
  }

  /* Opens a dialog; `who` is the person that it is about. */
  function ask(id, who) {
    for (const other of root.querySelectorAll("dialog[open]")) other.close();
    const dialog = byId(id);
    if (who) dialog.dataset.who = who;
    if (who) nameAll(dialog, aliasOf(room, who) ?? words.someone);
    watchers.get(id)?.(who);
    dialog.showModal();
  }

  root.addEventListener("click", ({ target }) => {
    const button = target.closest("button");
    if (!button) return;
    const { opens, closes, dialog } = button.dataset;
    if ("close" in button.dataset) button.closest("dialog").close();
    if (dialog) ask(dialog, button.closest("[data-who]")?.dataset.who);
    else if (closes) close(closes);
    else if (opens && button.ariaExpanded === "true") close(opens);
    else if (opens) open(opens);
    const menu = button.closest("details.menu");
    if (menu && (dialog || button.dataset.do)) menu.open = false;
  });

  root.addEventListener("keydown", ({ key, target }) => {
    if (key !== "Escape" || target.closest("dialog, .line__edit")) return;
    const menu = target.closest("details.menu[open]");
    const sheet = all.find((panel) => !panel.hidden);
    if (menu) {
      menu.open = false;
      menu.querySelector("summary").focus();
    } else if (sheet && !WIDE.matches) close(sheet.id);
  });

  WIDE.addEventListener("change", () => WIDE.matches || open(null, { focus: false })); // it would cover the stage
  return {
    ...{ open, ask },
    isOpen: (id) => !byId(id)?.hidden,
    onOpen: (id, act) => watchers.set(id, act),
    dock: () => WIDE.matches && open("chat", { focus: false }),
  };
}
