{% load i18n static %}/* Shows what a push brings, opens its page on a click, and does nothing else: no page is kept. */

const WITHOUT_WORDS = { title: "{% filter escapejs %}{% translate "Notification" %}{% endfilter %}", body: "", url: "/" };

self.addEventListener("install", () => self.skipWaiting());

self.addEventListener("push", (event) => {
  const words = read(event.data);
  event.waitUntil(
    self.registration.showNotification(words.title, {
      body: words.body,
      lang: words.language,
      dir: "auto",
      tag: words.tag,
      icon: "{% static 'img/mark.svg' %}",
      data: { url: words.url },
    }),
  );
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const url = new URL(event.notification.data?.url ?? "/", self.location.origin);
  event.waitUntil(open(url.origin === self.location.origin ? url.href : "/"));
});

async function open(address) {
  const pages = await self.clients.matchAll({ type: "window" });
  const page = pages.find((one) => one.url === address);
  return page ? page.focus() : self.clients.openWindow(address);
}

function read(data) {
  try {
    return { ...WITHOUT_WORDS, ...data.json() };
  } catch {
    return WITHOUT_WORDS;
  }
}
