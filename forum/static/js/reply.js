// "Reply" brings the composer under the post it answers; Cancel takes it back. Without this, Reply leads to a page of its own.
export default function reply(thread) {
  const form = thread.querySelector('form#reply');
  if (!form) return;
  const place = document.createComment('the composer stands here');
  const heading = form.querySelector('[data-heading]');
  const cancel = form.querySelector('[data-cancel]');
  const to = form.querySelector('input[name=to]');
  const text = form.querySelector('textarea');
  const words = heading.textContent;
  let opener = null;
  form.before(place);

  const bring = (link) => {
    opener = link;
    link.closest('.post-foot').after(form);
    to.value = link.dataset.reply;
    heading.textContent = `Replying to ${link.dataset.name}, post ${link.dataset.reply}`;
    cancel.hidden = false;
    text.focus();
  };
  const back = () => {
    place.after(form);
    to.value = '';
    heading.textContent = words;
    cancel.hidden = true;
  };

  // what few readers do comes with code of its own: a press on a post, words that were selected to be quoted
  const fetched = (name) => import(`./${name}.js`).then((code) => code.default(thread, bring));
  document.addEventListener('selectionchange', function chosen() {
    if (getSelection().isCollapsed) return;
    document.removeEventListener('selectionchange', chosen);
    fetched('quote');
  });
  thread.addEventListener('click', function pressed(event) {
    const button = event.target.closest('[data-press]');
    if (!button) return;
    event.preventDefault();
    thread.removeEventListener('click', pressed);
    fetched('press').then(() => button.click(), () => button.form.requestSubmit(button));
  });

  thread.addEventListener('click', (event) => {
    const link = event.target.closest('[data-reply]');
    if (link && link.dataset.reply !== '0' && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      bring(link);
    } else if (event.target.closest('a[href="#reply"]') && !event.target.closest('[data-cancel]')) back();
  });
  cancel.addEventListener('click', (event) => {
    event.preventDefault();
    back();
    opener?.focus();
  });
  // a draft of a reply to a post goes back to its post
  const kept = to.value && thread.querySelector(`[data-reply="${CSS.escape(to.value)}"]`);
  if (kept) {
    kept.closest('details')?.setAttribute('open', '');
    opener = kept;
    kept.closest('.post-foot').after(form);
    heading.textContent = `Replying to ${kept.dataset.name}, post ${kept.dataset.reply}`;
    cancel.hidden = false;
  }
}
