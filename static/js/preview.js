/* Shows what the controls of a form would mean while they are changed. Without it a button asks. */

const PAUSE_MS = 300;

export function attach(form) {
  const here = form.querySelector("[data-preview-here]");
  let waiting;
  let newest = 0;

  async function show() {
    const asked = ++newest;
    try {
      const answer = await fetch(form.dataset.preview, { method: "POST", body: new FormData(form) });
      const told = answer.ok ? await answer.text() : null;
      if (told !== null && asked === newest) here.innerHTML = told;
    } catch {
      /* Offline: the button is still there, and says so in its own way. */
    }
  }

  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(show, PAUSE_MS);
  });
}
