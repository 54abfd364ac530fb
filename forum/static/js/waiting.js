// While slides are being made, what is there comes by itself. Where the reader's focus is, nothing changes under it.
const EVERY = 4000; // milliseconds

export default function waiting(place) {
  const look = async () => {
    if (!place.isConnected) return;
    if (!document.hidden && !place.contains(document.activeElement)) {
      const reply = await fetch(location.pathname + location.search, { credentials: 'same-origin' }).catch(() => null);
      const now = reply?.ok && new DOMParser().parseFromString(await reply.text(), 'text/html').getElementById(place.id);
      if (now && now.textContent !== place.textContent) {
        place.replaceChildren(...now.childNodes);
        place.dispatchEvent(new CustomEvent('page:grown', { bubbles: true }));
      }
      if (now && now.dataset.module !== 'waiting') return;
    }
    setTimeout(look, EVERY);
  };
  setTimeout(look, EVERY);
}
