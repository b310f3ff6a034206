/* Sends a form without leaving the page: what changed is renewed, the reader's place is kept. Without
   it the page loads anew, at the row that the form belongs to. */

export function attach(form) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const { submitter } = event;
    submitter?.setAttribute("aria-busy", "true");
    try {
      const body = new FormData(form, submitter);
      show(await fetch(form.action, { method: "POST", body }), form.action);
    } catch {
      submitter?.removeAttribute("aria-busy");
      HTMLFormElement.prototype.submit.call(form); // the browser says why it cannot be reached
    }
  });
}

async function show(answer, action) {
  const page = new URL(answer.url);
  if (!answer.ok || page.pathname !== location.pathname) return location.assign(answer.url);
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  document.querySelector("main").replaceChildren(...fresh.querySelector("main").childNodes);
  const path = new URL(action).pathname;
  const place = [...document.querySelectorAll("main form")].find((form) => new URL(form.action).pathname === path);
  place?.querySelector("button")?.focus({ preventScroll: true });
  document.querySelector("main > .notices > *")?.scrollIntoView({ block: "center" });
  for (const status of document.querySelectorAll("main [role=status]")) {
    const words = [...status.childNodes];
    status.replaceChildren(); // a status that comes with its words is not read out
    requestAnimationFrame(() => status.replaceChildren(...words));
  }
  document.dispatchEvent(new CustomEvent("htmx:afterSettle"));
}
