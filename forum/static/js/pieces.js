// Files that are sent as soon as they are chosen, each a row in words; the form posts their drafts once all are here.
import { filesize, make, row } from './progress.js';
import { Sending, arrived, forget, memory, remembered } from './sending.js';

const ACTS = { sending: 'Pause', paused: 'Resume', stopped: 'Resume' };
const share = ({ offset, file: { size } }) => Math.floor((offset / size) * 100) || 0;
const left = ({ offset, from, since, file: { size } }) => {
  const seconds = ((Date.now() - since) / 1000) * ((size - offset) / (offset - from));
  if (!(seconds < 36000) || Date.now() - since < 2000) return '';
  return seconds > 90 ? ` · about ${Math.round(seconds / 60)} minutes left` : ` · about ${Math.ceil(seconds / 5) * 5} seconds left`;
};
const SAYS = {
  sending: (one) => `${share(one)}% of ${filesize(one.file.size)}${left(one)}`,
  paused: (one) => `Paused at ${share(one)}%`,
  stopped: (one) => `Stopped at ${share(one)}%: the connection dropped. Nothing is lost`,
  checking: () => 'Uploaded, now being checked',
  ready: (one) => `${one.scan ? 'Uploaded, now checking for viruses' : 'Ready'} · ${filesize(one.file.size)} · only you can see it until you post`,
};
const button = (label, name, onclick) => {
  const made = Object.assign(make('button', 'btn btn--small', label), { type: 'button', onclick });
  made.append(make('span', 'vh', ` ${name}`));
  return made;
};
const unseen = (name, value) => Object.assign(make('input'), { type: 'hidden', name, value });

export default function pieces(form, input, list, say, amiss) {
  const place = form.dataset.pieces;
  const running = new Set();
  const waits = make('p', 'meta row');
  let pressed = null; // the submit that waits
  const calm = (words = '') => { pressed = null; waits.replaceChildren(words); };
  const settle = () => {
    if (!pressed) return;
    const [{ submitter }, count] = [pressed, running.size];
    if (!count) return calm(), form.requestSubmit(submitter);
    const [verb, noun] = count > 1 ? ['finish', 'uploads'] : ['finishes', 'upload'];
    waits.replaceChildren(`Will post when ${count} ${noun} ${verb}. Keep this page open `, button('Cancel', 'posting', () => calm()));
  };
  const line = (file) => { const made = row(file); made.item.append(make('div', 'row')); list.append(made.item); return made; };
  function take(file) {
    list.querySelector(`[data-piece="${CSS.escape(remembered(place, file))}"]`)?.remove();
    const { item, bar, words } = line(file);
    let told = 0; // quarters
    const gone = () => { running.delete(one); item.remove(); };
    const act = button('Pause', file.name, () => (one.state === 'sending' ? one.pause() : one.start()));
    const one = new Sending(file, place, (_one, said) => {
      if (one.state === 'amiss') { gone(); amiss(file); settle(); return; }
      words.textContent = SAYS[one.state]?.(one) ?? said;
      [act.hidden, act.firstChild.data] = [!ACTS[one.state], ACTS[one.state] ?? ''];
      const over = ['ready', 'refused'].includes(one.state);
      Object.assign(bar, { hidden: over, value: share(one) });
      item.toggleAttribute('data-stopped', one.state === 'stopped');
      const quarter = Math.floor(share(one) / 25);
      if (one.state !== 'sending') say(`${file.name}: ${words.textContent}`);
      else if (quarter > told && quarter < 4) say(`${file.name}: ${(told = quarter) * 25}% sent`);
      if (one.state === 'ready') item.append(unseen('offered', one.draft), unseen('kept', one.draft));
      if (over) running.delete(one);
      if (one.state === 'refused' && pressed) calm('Not posted yet: a file was refused'); else settle();
    });
    item.lastChild.append(act, button('Remove', file.name, () => { one.remove(); gone(); input.focus(); settle(); }));
    running.add(one);
    say(`Sending ${file.name}`);
    one.start();
  }
  async function recall(name) {
    const [size, lastModified, ...rest] = name.slice(`piece ${place} `.length).split(' ');
    const [file, address] = [{ size: Number(size), name: rest.join(' ') }, memory.get(name)];
    const found = await arrived(address).catch(() => undefined);
    if (found === null || found?.draft) memory.set(name, '');
    if (!found || found.draft) return;
    const { item, words } = line(file);
    item.dataset.piece = name;
    words.textContent = `Choose ${file.name} again to carry on from ${share({ offset: found.offset, file })}%`;
    item.lastChild.append(button('Choose', file.name, () => input.click()), button('Forget', file.name, () => { forget(name, address); item.remove(); input.focus(); }));
  }
  list.after(waits);
  memory.names(`piece ${place} `).forEach(recall);
  addEventListener('online', () => { for (const one of running) if (one.state === 'stopped') one.start(); });
  return { take, holds: (event) => { if (running.size) { pressed = event; settle(); } return running.size > 0; } };
}
