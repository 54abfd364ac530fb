// Shows a deck one slide at a time. The address is the state: #slide-7, before and after. Without this all stand in order.
const title = (slide) => slide.querySelector('h3').textContent.match(/^\d+\. (.*)/s)?.[1] ?? '';

function thumbnail(slide, at) {
  const large = slide.querySelector('img');
  const link = Object.assign(document.createElement('a'), { href: `#${slide.id}` });
  const height = Math.round((120 * large.getAttribute('height')) / large.getAttribute('width'));
  const small = Object.assign(new Image(120, height), { alt: '', loading: 'lazy' });
  small.src = large.getAttribute('src').replace(/picture$/, 'thumbnail');
  const { talk } = slide.dataset;
  if (talk) link.dataset.talk = talk;
  const words = [title(slide) && `. ${title(slide)}`, talk && `, talked about ${talk === '1' ? 'once' : `${talk} times`}`];
  link.append(small, at + 1, Object.assign(document.createElement('span'), { className: 'vh', textContent: words.join('') }));
  return link;
}

export default function slides(deck) {
  const all = [...deck.querySelectorAll('.slide')];
  const [film, status, discuss] = ['.film', '[role=status]', '[data-discuss]'].map((part) => deck.querySelector(part));
  const thumbs = film ? all.map(thumbnail) : [];
  const button = (name) => deck.querySelector(`[data-do=${name}]`);
  const { noun } = deck.dataset;
  const named = () => all.findIndex(({ id }) => `#${id}` === location.hash);
  let now = 0;

  function show(number, { moved = true } = {}) {
    now = Math.min(Math.max(number, 0), all.length - 1);
    const place = `${noun} ${now + 1} of ${all.length}`;
    all.forEach((slide, at) => slide.toggleAttribute('data-on', at === now));
    thumbs.forEach((link, at) => (at === now ? link.setAttribute('aria-current', 'true') : link.removeAttribute('aria-current')));
    film?.scrollTo({ left: thumbs[now].offsetLeft - film.clientWidth / 2 + 60 });
    button('prev').setAttribute('aria-disabled', now === 0);
    button('next').setAttribute('aria-disabled', now === all.length - 1);
    deck.querySelector('[data-at]').textContent = place;
    if (discuss) [discuss.href, discuss.lastChild.textContent] = [discuss.dataset.discuss + (now + 1), `Discuss ${noun.toLowerCase()} ${now + 1}`];
    all[now + 1]?.querySelector('img')?.setAttribute('loading', 'eager');
    if (!moved) return;
    status.textContent = title(all[now]) ? `${place}: ${title(all[now])}` : place;
    history.replaceState(null, '', `#${all[now].id}`);
  }

  function text(on, keep = true) {
    deck.toggleAttribute('data-text', on);
    button('text').setAttribute('aria-pressed', on);
    if (keep) try { localStorage.setItem('slide-text', on); } catch { /* a browser that keeps nothing */ }
  }

  const act = {
    prev: () => show(now - 1), next: () => show(now + 1), first: () => show(0), last: () => show(all.length - 1),
    text: () => text(!deck.hasAttribute('data-text')),
    full: () => (document.fullscreenElement ? document.exitFullscreen() : deck.requestFullscreen()),
  };
  const keys = { ArrowLeft: 'prev', PageUp: 'prev', ArrowRight: 'next', PageDown: 'next', Home: 'first', End: 'last' };

  // only while the focus is in the deck, so they never fight the page or a screen reader
  deck.addEventListener('keydown', (event) => {
    const { altKey, ctrlKey, metaKey, shiftKey, key } = event;
    if (altKey || ctrlKey || metaKey || shiftKey || !keys[key]) return;
    event.preventDefault();
    act[keys[key]]();
  });
  deck.addEventListener('click', (event) => {
    const link = event.target.closest('.film a');
    const pressed = event.target.closest('[data-do]');
    if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      show(thumbs.indexOf(link));
    }
    if (pressed && pressed.getAttribute('aria-disabled') !== 'true') act[pressed.dataset.do]();
  });
  addEventListener('hashchange', () => { if (named() >= 0) show(named(), { moved: false }); });

  film?.append(...thumbs);
  button('full').hidden = !document.fullscreenEnabled;
  let kept = null;
  try { kept = localStorage.getItem('slide-text'); } catch { /* the same */ }
  if (kept === 'true') text(true, false);
  deck.dataset.ready = '';
  show(named(), { moved: false });
}
