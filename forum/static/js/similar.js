// Questions like the one whose title is being typed: asked of the server when the keys rest, said once when they change.
const PAUSE = 400; // milliseconds
const SENT = ['title', 'kind', 'csrf_token'];

export default function similar(box) {
  const form = box.closest('form');
  const [out, status] = ['[data-similar-out]', '[role=status]'].map((part) => box.querySelector(part));
  let timer = 0;
  let last = new AbortController();
  const look = async () => {
    clearTimeout(timer);
    last.abort();
    last = new AbortController();
    const { signal } = last;
    const body = new URLSearchParams([...new FormData(form)].filter(([name]) => SENT.includes(name)));
    const reply = await fetch(box.dataset.similar, { method: 'POST', body, credentials: 'same-origin', signal }).catch(() => null);
    const text = reply?.ok && await reply.text().catch(() => null);
    if (signal.aborted || typeof text !== 'string') return;
    out.replaceChildren(...new DOMParser().parseFromString(text, 'text/html').body.childNodes);
    const said = out.querySelector('h2')?.textContent ?? '';
    if (status.textContent !== said) status.textContent = said;
  };
  form.addEventListener('input', ({ target: { name } }) => {
    if (!SENT.includes(name)) return;
    clearTimeout(timer);
    timer = setTimeout(look, PAUSE);
  });
  if (form.elements.title.value.trim() && !out.children.length) look();
}
