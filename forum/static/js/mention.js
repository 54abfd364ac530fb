// After an @, the people who would hear of it: a list below the text that is walked by arrow keys, and said aloud.
const NAME = /(?:^|[\s(“"'])@([\p{L}\d_-]{1,40})$/u;
const PAUSE = 150; // milliseconds without a key before names are asked for
const make = (tag, facts) => Object.assign(document.createElement(tag), facts);

export default function mention(box, text, url) {
  const list = make('ul', { className: 'names', id: `${text.id}-names`, role: 'listbox', ariaLabel: 'People who can be mentioned', hidden: true });
  const say = make('p', { className: 'vh', role: 'status' });
  box.append(list, say);
  text.setAttribute('aria-autocomplete', 'list');
  text.setAttribute('aria-controls', list.id);
  let [at, timer, asked, of] = [-1, 0, 0, ''];

  const typed = () => NAME.exec(text.value.slice(0, text.selectionStart))?.[1];
  const close = () => {
    list.hidden = true;
    list.replaceChildren();
    at = -1;
    text.removeAttribute('aria-activedescendant');
  };
  const mark = (next) => {
    const rows = [...list.children];
    at = (next + rows.length) % rows.length;
    rows.forEach((row, n) => row.setAttribute('aria-selected', n === at));
    text.setAttribute('aria-activedescendant', rows[at].id);
    rows[at].scrollIntoView({ block: 'nearest' });
  };
  const take = (row) => {
    const end = text.selectionStart;
    text.setRangeText(`${row.dataset.handle} `, end - typed().length, end, 'end');
    close();
    say.textContent = `@${row.dataset.handle} mentioned`;
    text.dispatchEvent(new Event('input', { bubbles: true }));
    text.focus();
  };
  const offer = (people) => {
    close();
    list.append(...people.map(({ handle, name, organisation }, n) => {
      const row = make('li', { role: 'option', id: `${list.id}-${n}`, ariaSelected: 'false' });
      row.append(make('b', { textContent: name }), make('span', { className: 'meta', textContent: ` @${handle}${organisation ? `, ${organisation}` : ''}` }));
      row.dataset.handle = handle;
      row.addEventListener('pointerdown', (event) => { event.preventDefault(); take(row); });
      return row;
    }));
    list.hidden = !people.length;
    if (people.length) mark(0);
    say.textContent = people.length ? `${people.length} ${people.length > 1 ? 'people' : 'person'}. Arrow keys choose, Enter takes.` : 'Nobody here is called so';
  };
  const ask = async () => {
    const name = typed();
    if (!name) { close(); return; }
    const mine = ++asked;
    const reply = await fetch(`${url}?${new URLSearchParams({ q: name })}`, { credentials: 'same-origin' }).catch(() => null);
    const people = reply?.ok ? await reply.json() : [];
    if (mine !== asked || typed() !== name) return;
    of = name;
    offer(people);
  };
  text.addEventListener('input', () => {
    clearTimeout(timer);
    asked += 1;
    if (typed()) timer = setTimeout(ask, PAUSE); else if (!list.hidden) close();
  });
  text.addEventListener('blur', close);
  text.addEventListener('keydown', (event) => {
    if (list.hidden || typed() !== of) return; // the list is of another name until the new one comes
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) mark(at + step);
    else if (event.key === 'Escape') { close(); say.textContent = ''; }
    else if ((event.key === 'Enter' && !event.ctrlKey && !event.metaKey) || event.key === 'Tab') take(list.children[at]);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  ask();
}
