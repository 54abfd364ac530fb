// What came since the page was drawn is said at its edge; nothing moves. Asked seldom when little comes, and never while hidden.
const [FIRST, MOST] = [20_000, 600_000]; // milliseconds between two questions
const make = (tag, facts) => Object.assign(document.createElement(tag), facts);

export default function live(place) {
  if (navigator.connection?.saveData) return;
  const box = make('div', { className: 'live' });
  const say = make('p', { role: 'status' });
  const close = make('button', { type: 'button', className: 'btn btn--ghost btn--small btn--icon', textContent: '×' });
  close.setAttribute('aria-label', 'Close this message');
  box.append(say, close);
  document.body.append(box);
  let from = null; // where the keyboard was before it came here
  box.addEventListener('focusin', ({ relatedTarget }) => { if (!box.contains(relatedTarget)) from = relatedTarget; });
  const shut = () => {
    (from?.isConnected ? from : document.getElementById('main')).focus({ preventScroll: true });
    say.replaceChildren();
  };
  close.addEventListener('click', shut);
  box.addEventListener('keydown', ({ key }) => { if (key === 'Escape') shut(); });
  let [wait, timer, last, over] = [FIRST, 0, '', false];

  const tell = ({ words, to, unread }) => {
    say.replaceChildren(...(words ? [`${words} · `, make('a', { href: to, textContent: 'Show' })] : []));
    const inbox = document.querySelector('.site-you a[href="/inbox"]');
    inbox?.querySelector('.count')?.remove();
    if (!unread) return;
    const count = make('span', { className: 'count', textContent: unread });
    count.append(make('span', { className: 'vh', textContent: ' unread' }));
    inbox?.append(count);
  };
  const later = () => {
    clearTimeout(timer);
    if (!over && !document.hidden && place.isConnected) timer = setTimeout(look, wait * (0.8 + 0.4 * Math.random()));
  };
  async function look() {
    const reply = await fetch(place.dataset.live, { credentials: 'same-origin', redirect: 'manual' }).catch(() => null);
    // refused, or signed out: the page stays as it is, and asks no more
    over = reply !== null && !reply.ok && reply.status < 500 && reply.status !== 429;
    const text = reply?.ok ? await reply.text() : last;
    wait = text === last ? Math.min(1.5 * wait, MOST) : FIRST;
    if (text !== last) tell(JSON.parse(text));
    last = text;
    later();
  }
  document.addEventListener('visibilitychange', () => { wait = FIRST; later(); });
  look();
}
