// "Quote in reply" quotes the words that were selected in the post, where its reply is written. Without any it leads to a page.
export default function quote(thread, bring) {
  const text = document.querySelector('#reply textarea');
  let picked = null; // the words selected last, and the post they stand in
  const within = (node) => node?.parentElement?.closest('.prose')?.closest('article');
  const chosen = () => {
    const { anchorNode, focusNode, isCollapsed } = getSelection();
    const post = within(anchorNode);
    if (!isCollapsed) picked = post && post === within(focusNode) ? { post, words: getSelection().toString().trim() } : null;
  };
  document.addEventListener('selectionchange', chosen);
  thread.addEventListener('click', (event) => {
    const link = event.target.closest('[data-quote]');
    if (!link || picked?.post !== link.closest('article')) return;
    event.preventDefault();
    const [base, no] = [link.pathname.replace(/\/replies$/, ''), new URLSearchParams(link.search).get('to')];
    const name = (link.closest('article').querySelector(':scope > .post-head a[href^="/people/"]') ?? document.querySelector('h1 ~ .row a[href^="/people/"]')).textContent;
    const lines = [`**${name}**, [post ${no}](${base}/posts/${no}):`, '', ...picked.words.split(/\n+/)];
    const before = text.value.trimEnd();
    text.value = `${before}${before && '\n\n'}${lines.map((line) => `> ${line}`.trimEnd()).join('\n')}\n\n`;
    link.closest('details').open = false;
    const answered = link.closest('.post-foot').querySelector('[data-reply]');
    if (answered) bring(answered); else text.focus();
    text.dispatchEvent(new Event('input', { bubbles: true }));
  });
  chosen();
}
