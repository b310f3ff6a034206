/* Tells the server the browser's zone while it knows none, then asks once for the page's content in
   that zone and puts it in place: no second load, no scripts or styles again. The cookie lasts as
   long as the browser is open: a traveller is asked anew, and a zone that was chosen by hand is
   never touched, because then the page does not ask. A page to write on is left as it is, for on a
   slow line somebody may have begun to write; there it only chooses beforehand. */

const TO_FILL_IN = "main form[method=post] :is(input:not([type=hidden]), select, textarea)";

/* Browsers know some zones by older names than ours: asked for ours, they answer with their own. */
function isSame(name, zone) {
  return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone === zone;
}

/* Fills in a select of names, or a field with a list of places whose labels are the names. */
function choose(field, zone) {
  const options = [...((field?.list ?? field)?.options ?? [])];
  const name = (option) => (field.list ? option.label : option.value);
  const known =
    options.find((option) => name(option) === zone) ??
    options.find((option) => name(option) && isSame(name(option), zone));
  if (known) field.value = known.value;
}

async function showAgain(root) {
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  if (!answer.ok || answer.redirected) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const part of ["main", ".foot"]) {
    const [before, after] = [document.querySelector(part), page.querySelector(part)];
    if (!before || !after || before.contains(document.activeElement)) continue;
    before.replaceChildren(...after.childNodes);
    before.dispatchEvent(new CustomEvent("commonhour:replaced", { bubbles: true }));
  }
  delete root.dataset.behaviour; // the zone is known now
}

export function attach(element) {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (!zone) return;
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `tz=${zone}; Path=/; SameSite=Lax${secure}`;
  const kept = document.cookie.split("; ").includes(`tz=${zone}`);
  if (!kept || zone === element.dataset.zone) return;
  if (document.querySelector(TO_FILL_IN)) choose(document.querySelector("main [name=tz]"), zone);
  else showAgain(element);
}
