/* Lets this device show notices: asks the browser, and hands its answer to the form. */

export function attach(card) {
  const form = card.querySelector("form:has([name=endpoint])");
  const status = card.querySelector("[data-says]");
  const say = (what) => (status.textContent = card.dataset[what] ?? "");

  if (!("serviceWorker" in navigator && "PushManager" in window && "Notification" in window)) {
    return say("unsupported");
  }
  if (Notification.permission === "denied") return say("denied");

  say("nothing");
  form.hidden = false;
  form.label.value ||= card.dataset[matchMedia("(pointer: coarse)").matches ? "phone" : "computer"];
  form.addEventListener("submit", async (event) => {
    if (form.endpoint.value) return;
    event.preventDefault();
    try {
      if ((await Notification.requestPermission()) !== "granted") return say("denied");
      fill(form, await subscribe(card.dataset));
      form.requestSubmit();
    } catch {
      say("failed");
    }
  });
}

async function subscribe({ worker, key }) {
  const registration = await navigator.serviceWorker.register(worker, { scope: "/" });
  await navigator.serviceWorker.ready;
  const options = { userVisibleOnly: true, applicationServerKey: bytes(key) };
  const { pushManager } = registration;
  try {
    return await pushManager.subscribe(options);
  } catch (error) {
    const old = await pushManager.getSubscription(); // made for a key that we no longer have
    if (!old) throw error;
    await old.unsubscribe();
    return pushManager.subscribe(options);
  }
}

function fill(form, subscription) {
  const { endpoint, keys } = subscription.toJSON();
  form.endpoint.value = endpoint;
  form.agreement_key.value = keys.p256dh;
  form.auth_secret.value = keys.auth;
}

function bytes(base64url) {
  const text = atob(base64url.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}
