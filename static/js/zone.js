/* Tells the server the browser's zone while it knows none, then shows the page again in that zone.
   The cookie lasts as long as the browser is open: a traveller is asked anew, and a zone that was
   chosen by hand is never touched, because then the page does not ask. */

export function attach(element) {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (!zone) return;
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `tz=${zone}; Path=/; SameSite=Lax${secure}`;
  const kept = document.cookie.split("; ").includes(`tz=${zone}`);
  if (kept && zone !== element.dataset.zone) location.reload();
}
