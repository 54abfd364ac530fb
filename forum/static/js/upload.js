// Drag and drop onto .drop. Files come in pieces where the form says where to (data-pieces), by code that is fetched when it is
// needed; else, or when it can't be had, with the form, with progress.
import { row, send } from './progress.js';

const listed = (files) => { const list = new DataTransfer(); for (const file of files) list.items.add(file); return list.files; };
const interrupted = (place) => { try { return Object.keys(localStorage).some((name) => name.startsWith(`piece ${place} `)); } catch { return false; } };

export default function upload(form) {
  const [drop, input] = ['.drop', '.drop input[type=file]'].map((part) => form.querySelector(part));
  const [list, status] = ['[data-uploads]', '[data-upload-status]'].map((part) => form.querySelector(part));
  const say = (words) => { status.textContent = words; };
  const whole = []; // files that can't come in pieces now: the form sends them
  let rows = [];
  const lay = () => {
    for (const { item } of rows) item.remove();
    rows = [...input.files].map(row);
    list.append(...rows.map(({ item }) => item));
  };
  const hold = (...files) => { whole.push(...files); input.files = listed(whole); lay(); };
  let sending = null;
  let opening = null;
  const open = () => opening ??= import('./pieces.js').then((code) => { sending = code.default(form, input, list, say, hold); }, () => {});
  let taking = null; // until it is known how the files chosen last will come
  const take = async () => {
    await open();
    const files = [...input.files];
    if (!sending || 'busy' in form.dataset) return;
    hold();
    files.forEach(sending.take);
  };
  const chosen = () => {
    lay();
    if (form.dataset.pieces && rows.length) taking = take().finally(() => { taking = null; });
  };
  for (const type of ['dragover', 'dragleave', 'drop']) {
    drop.addEventListener(type, (event) => { event.preventDefault(); drop.classList.toggle('is-over', type === 'dragover'); });
  }
  drop.addEventListener('drop', ({ dataTransfer: { files } }) => { if (files.length) { input.files = files; chosen(); } });
  input.addEventListener('change', chosen);
  form.addEventListener('submit', (event) => {
    if (event.submitter?.hasAttribute('formaction')) return;
    if (taking) { event.preventDefault(); taking.then(() => form.requestSubmit(event.submitter)); return; }
    const held = sending && sending.holds(event);
    if (held || rows.length) event.preventDefault();
    if (!held && rows.length && !('busy' in form.dataset)) send(form, input, rows, say);
  });
  chosen();
  if (interrupted(form.dataset.pieces)) open();
}
