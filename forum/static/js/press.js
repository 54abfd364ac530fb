// "Helpful" and "Bookmark" without a new page: the post's foot comes back as the server drew it, and the focus stays.
const drawn = async (address, body) => {
  const reply = await fetch(address, { method: 'POST', body, credentials: 'same-origin' }).catch(() => null);
  return reply?.ok ? new DOMParser().parseFromString(await reply.text(), 'text/html') : null;
};

export default function press(thread) {
  const say = thread.querySelector('[data-pressed]');
  thread.addEventListener('click', async (event) => {
    const button = event.target.closest('[data-press]');
    if (!button || 'busy' in thread.dataset) return;
    event.preventDefault();
    thread.dataset.busy = '';
    const [id, { press: what }] = [button.closest('article').id, button.dataset];
    const ended = !button.formAction.endsWith('/end');
    const page = await drawn(button.formAction, new FormData(button.form));
    delete thread.dataset.busy;
    const [old, now] = [document, page].map((one) => one?.querySelector(`#${id} > .post-foot`));
    if (!now) { button.form.requestSubmit(button); return; }
    const inMenu = button.closest('details');
    const composer = old.nextElementSibling?.id === 'reply';
    old.replaceWith(document.adoptNode(now));
    if (!composer) now.querySelector(inMenu ? 'summary' : `[data-press="${what}"]`)?.focus();
    say.textContent = { helpful: ['Taken back', 'Marked as helpful'], bookmark: ['Bookmark removed', 'Bookmarked'] }[what][Number(ended)];
  });
}
