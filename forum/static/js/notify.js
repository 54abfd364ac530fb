// Turns notifications on in this browser, once somebody presses the button; every other page does without this file.
const TO = '/settings/hearing/devices';
const NONE = 'This browser can’t show notifications of a website. On an iPhone or iPad, put this site on the Home Screen first, and open it there.';
const REFUSED = 'Your browser doesn’t let this site show notifications. Allow them beside the address, under the site’s settings, and press again.';
const AWAY = 'Your browser could not turn them on. Look whether you are online, and try again.';

class Refusal extends Error {}
const same = (buffer, key) => {
  const bytes = String.fromCharCode(...new Uint8Array(buffer ?? []));
  return btoa(bytes).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '') === key;
};

async function turnOn(key) {
  if (await Notification.requestPermission() !== 'granted') throw new Refusal(REFUSED);
  await navigator.serviceWorker.register('/service-worker.js');
  const { pushManager } = await navigator.serviceWorker.ready;
  const old = await pushManager.getSubscription();
  if (old && !same(old.options.applicationServerKey, key)) await old.unsubscribe(); // made for another key of ours
  const found = await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
  const { endpoint, keys } = found.toJSON();
  const body = new URLSearchParams({ endpoint, ...keys });
  const reply = await fetch(TO, { method: 'POST', body, credentials: 'same-origin' });
  if (reply.status === 422) throw new Refusal(await reply.text());
  if (!reply.ok || reply.redirected) throw new Error(reply.status);
}

customElements.define('push-switch', class extends HTMLElement {
  connectedCallback() {
    const [button, say] = [this.querySelector('button'), this.querySelector('[role=status]')];
    if (!('serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window)) {
      say.textContent = NONE;
      return;
    }
    button.hidden = false;
    button.addEventListener('click', async () => {
      if (button.ariaBusy === 'true') return;
      button.ariaBusy = 'true';
      say.textContent = 'Asking your browser …';
      try {
        await turnOn(this.dataset.key);
        location.reload();
      } catch (error) {
        say.textContent = error instanceof Refusal ? error.message : AWAY;
      }
      button.ariaBusy = 'false';
    });
  }
});
