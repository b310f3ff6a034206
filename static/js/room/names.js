/* Puts names into copies of templates and into sentences with the placeholder {name}. */

import { paintAvatar } from "../avatar.js";

/* Names everything about one person in an element, for the eye and for screen readers. */
export function nameAll(element, name) {
  for (const it of element.querySelectorAll("[data-name]")) it.textContent = name;
  for (const it of element.querySelectorAll("[data-avatar]")) paintAvatar(it, name);
  for (const it of element.querySelectorAll("[data-named]")) it.ariaLabel = withName(it.dataset.named, name);
  for (const it of element.querySelectorAll("[data-named-text]")) putSentence(it, it.dataset.namedText, name);
}

export function withName(sentence, name) {
  return sentence.replace("{name}", () => name);
}

/* Writes a sentence, with the name isolated from the direction of the text around it. */
export function putSentence(element, sentence, name) {
  const [before, after] = sentence.split("{name}");
  if (after === undefined) return element.replaceChildren(before);
  const isolated = document.createElement("bdi");
  isolated.textContent = name;
  return element.replaceChildren(before, isolated, after);
}

export function copyOf(template) {
  return template.content.firstElementChild.cloneNode(true);
}

/* Draws a list of cards; elements of those who stay are kept, so that focus and open menus stay too.
   An element is drawn anew when `drawnFrom` of its card changes. */
export function keepList(list, cards, { draw, drawnFrom = ({ who, alias }) => [who, alias], after = () => {} }) {
  const kept = new Map([...list.children].map((element) => [element.dataset.who, element]));
  const drawn = [...cards].map((card) => {
    const old = kept.get(card.who);
    const source = JSON.stringify(drawnFrom(card));
    const element = old?.dataset.card === source ? old : draw(card);
    Object.assign(element.dataset, { who: card.who, card: source });
    after(element, card);
    return element;
  });
  const isSame = drawn.length === list.children.length && drawn.every((one, at) => list.children[at] === one);
  if (!isSame) replaceAll(list, drawn);
}

/* Replaces the children of a list. The focus stays on its element if that stays, or on the same button
   of the same step; otherwise it goes to the heading of the section. */
export function replaceAll(list, children) {
  const focused = document.activeElement;
  const hadFocus = list.contains(focused);
  list.replaceChildren(...children);
  if (!hadFocus) return;
  const { do: command, step } = focused.dataset;
  const same = step && list.querySelector(`[data-do="${command}"][data-step="${step}"]`);
  (focused.isConnected ? focused : (same ?? list.closest("section").querySelector("[tabindex='-1']"))).focus();
}
