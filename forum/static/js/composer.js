// Formatting buttons, Ctrl+Enter, a preview by the server, and a draft kept by the server while one types.
const WRAPS = { bold: ['**', '**'], list: ['\n- ', ''], quote: ['\n> ', ''], link: ['[', '](https://)'] };
const PAUSE = 2000; // milliseconds without a key before the draft is kept

const fields = (form) => new URLSearchParams([...new FormData(form)].filter(([, value]) => typeof value === 'string'));
const post = (url, form, more = {}) => fetch(url, { method: 'POST', body: fields(form), credentials: 'same-origin', ...more });

function format(box, text) {
  box.addEventListener('click', (event) => {
    const wrap = WRAPS[event.target.closest('[data-wrap]')?.dataset.wrap];
    if (!wrap) return;
    const { selectionStart: from, selectionEnd: to, value } = text;
    text.focus();
    text.setRangeText(wrap[0] + value.slice(from, to) + wrap[1], from, to, 'end');
    text.selectionStart = from + wrap[0].length;
    text.selectionEnd = text.selectionStart + to - from;
    text.dispatchEvent(new Event('input', { bubbles: true }));
  });
  text.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) text.form.requestSubmit();
  });
}

function preview(box, form, text, url) {
  const [button, out] = ['button', 'out'].map((part) => box.querySelector(`[data-preview-${part}]`));
  const show = (on) => {
    out.hidden = !on;
    text.hidden = on;
    button.setAttribute('aria-pressed', on);
  };
  button?.addEventListener('click', async () => {
    if (!out.hidden) return show(false);
    const reply = await post(url, form).catch(() => null);
    if (!reply?.ok) out.textContent = 'The preview did not arrive. Your text is still here; press Preview again to go back to it.';
    else out.replaceChildren(...new DOMParser().parseFromString(await reply.text(), 'text/html').body.childNodes);
    show(true);
    out.focus();
  });
}

function keep(form, url, saved) {
  let timer = 0;
  let changed = false;
  let last = new AbortController();
  const save = async () => {
    clearTimeout(timer);
    if (!changed) return;
    changed = false;
    last.abort();
    last = new AbortController();
    const { signal } = last;
    const reply = await post(url, form, { keepalive: true, signal }).catch(() => null);
    if (signal.aborted) return;
    const at = new Date().toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
    changed ||= !reply?.ok;
    if (saved) saved.textContent = reply?.ok ? `Draft saved at ${at}. Only you can see it.` : 'The draft is not saved yet. We will try again when you write on.';
  };
  form.addEventListener('input', () => { changed = true; clearTimeout(timer); timer = setTimeout(save, PAUSE); });
  form.addEventListener('focusout', save);
  document.addEventListener('visibilitychange', () => { if (document.hidden) save(); });
  form.addEventListener('submit', () => { changed = false; clearTimeout(timer); last.abort(); });
}

// names are asked for by code that is fetched at the first @
function names(box, text, url) {
  text.addEventListener('input', async function begin() {
    if (text.value[text.selectionStart - 1] !== '@') return;
    text.removeEventListener('input', begin);
    (await import('./mention.js')).default(box, text, url);
  });
}

export default function composer(box) {
  const [form, text] = [box.closest('form'), box.querySelector('textarea')];
  const { draft, people, preview: url } = { ...form.dataset, ...box.dataset };
  format(box, text);
  if (url) preview(box, form, text, url);
  if (people) names(box, text, people);
  if (draft) keep(form, draft, form.querySelector('[data-saved]'));
}
