/* One alias, one letter, one colour on every page; scheduler/text/avatars.py computes the same. */

const HUES = 12;

/* Returns 0 to 11: FNV-1a with 32 bits over the alias in UTF-8, modulo 12. */
export function hueOf(alias) {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(alias)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash % HUES;
}

/* Returns the first letter in upper case with its combining marks. */
export function letterOf(alias) {
  return (alias.trim().match(/^.\p{M}*/su)?.[0] ?? "?").toLocaleUpperCase();
}

/* Makes `disc` the avatar of `alias`; it is decoration, the alias stands beside it. */
export function paintAvatar(disc, alias) {
  disc.dataset.hue = hueOf(alias);
  disc.textContent = letterOf(alias);
}
