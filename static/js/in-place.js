/* Sends a form without leaving the page: what changed is renewed, the reader's place is kept. Without
   it the page loads anew, at the row that the form belongs to. */

export function attach(form) {
  let isPlain = false;
  form.addEventListener("submit", async (event) => {
    if (isPlain) return;
    event.preventDefault();
    const { submitter } = event;
    submitter?.setAttribute("aria-busy", "true");
    try {
      const body = new FormData(form, submitter);
      await show(await fetch(form.action, { method: "POST", body }), form);
    } catch {
      isPlain = true; // the browser says why nothing can be reached
      form.requestSubmit(submitter);
    }
  });
}

async function show(answer, pressed) {
  const isSame = (form) => form.action === pressed.action && !form.closest("li") === !inList;
  const inList = pressed.closest("li");
  const page = new URL(answer.url);
  if (!answer.ok || page.pathname !== location.pathname) return location.assign(answer.url);
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  document.querySelector("main").replaceChildren(...fresh.querySelector("main").childNodes);
  const form = [...document.querySelectorAll("main form")].find(isSame);
  form?.querySelector("button")?.focus({ preventScroll: true });
  document.querySelector("main > .notices > *")?.scrollIntoView({ block: "center" });
  for (const status of document.querySelectorAll("main [role=status]")) {
    const words = [...status.childNodes];
    status.replaceChildren(); // a status that comes with its words is not read out
    requestAnimationFrame(() => status.replaceChildren(...words));
  }
  document.dispatchEvent(new CustomEvent("commonhour:replaced"));
}
