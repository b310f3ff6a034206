/* Shows what the controls of a form would mean while they are changed. Without it a button asks.
   Screen readers are told the time and whether clocks change then; the rest is there to be read. */

const PAUSE_MS = 300;

export function attach(form) {
  const here = form.querySelector("[data-preview-here]");
  const said = form.querySelector("[data-preview-said]");
  let waiting;
  let newest = 0;

  async function show() {
    const asked = ++newest;
    try {
      const answer = await fetch(form.dataset.preview, { method: "POST", body: new FormData(form) });
      const told = answer.ok ? await answer.text() : null;
      if (told === null || asked !== newest) return;
      here.innerHTML = told;
      const headings = [here.querySelector("h2"), here.querySelector("#clock-change")];
      said.textContent = [...new Set(headings)].filter(Boolean).map((it) => it.textContent).join(". ");
    } catch {
      /* Offline: the button is still there, and says so in its own way. */
    }
  }

  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(show, PAUSE_MS);
  });
}
