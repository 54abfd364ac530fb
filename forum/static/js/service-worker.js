// Shows that something came to the inbox, and opens it. It keeps no pages and answers no requests.
const TO = '/settings/hearing/devices';

self.addEventListener('push', (event) => {
  const { title, body, url } = event.data?.json() ?? {};
  // one at a time: a second one takes the place of the first
  event.waitUntil(self.registration.showNotification(title ?? '', { body, tag: 'inbox', renotify: true, data: { url } }));
});

async function open(path) {
  const url = new URL(path ?? '/inbox', self.location.origin);
  if (url.origin !== self.location.origin) return;
  const windows = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
  const there = windows.find((one) => one.url === url.href);
  await (there ? there.focus() : self.clients.openWindow(url.href));
}

self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  event.waitUntil(open(event.notification.data?.url));
});

// the browser has a new address for us: the old one is worth nothing any more
self.addEventListener('pushsubscriptionchange', (event) => {
  const again = async () => {
    const found = event.newSubscription ?? await self.registration.pushManager.subscribe(event.oldSubscription.options);
    const { endpoint, keys } = found.toJSON();
    await fetch(TO, { method: 'POST', body: new URLSearchParams({ endpoint, ...keys }), credentials: 'same-origin' });
  };
  event.waitUntil(again());
});
