// A form sent with its files, and one row for each of them: name, bar, and words such as "62% of 18.4 MB".
export const filesize = (bytes) => {
  const step = Math.min(3, Math.floor(Math.log10(bytes || 1) / 3));
  return `${(bytes / 1000 ** step).toFixed(step > 1 ? 1 : 0)} ${['bytes', 'KB', 'MB', 'GB'][step]}`;
};
export const make = (tag, className = '', textContent = '') => Object.assign(document.createElement(tag), { className, textContent });

export function row(file) {
  const item = make('li', 'upload');
  const bar = Object.assign(make('progress'), { max: 100, value: 0, hidden: true });
  bar.setAttribute('aria-label', `${file.name}, upload progress`);
  const words = make('p', 'meta num', filesize(file.size));
  item.append(make('b', '', file.name), bar, words);
  return { item, bar, words, file };
}

function show(rows, sent) {
  for (const { item, bar, words, file } of rows) {
    const part = file.size ? Math.min(1, Math.max(0, sent / file.size)) : 1;
    sent -= file.size;
    delete item.dataset.stopped;
    bar.hidden = false;
    bar.value = Math.floor(part * 100);
    words.textContent = part < 1 ? `${bar.value}% of ${filesize(file.size)}` : `Sent, ${filesize(file.size)}. Now being checked`;
  }
}

function replace(page, { files, name }) {
  const arrived = new DOMParser().parseFromString(page, 'text/html');
  document.title = arrived.title;
  const main = document.adoptNode(arrived.querySelector('main'));
  document.querySelector('main').replaceWith(main);
  const again = [...main.querySelectorAll('input[type=file]')].find((other) => other.name === name);
  const dealt = main.querySelector('[name=offered]') || again?.matches('[aria-invalid=true]'); // kept on the page, or refused
  if (again && !dealt) again.files = files;
  main.dispatchEvent(new Event('page:replaced', { bubbles: true }));
}

export function send(form, input, rows, say) {
  const request = new XMLHttpRequest();
  const name = rows.length > 1 ? `${rows.length} files` : rows[0].file.name;
  const size = rows.reduce((sum, { file }) => sum + file.size, 0);
  let spoken = 0; // quarters
  request.upload.addEventListener('progress', ({ loaded, total }) => {
    show(rows, (loaded / total) * size);
    const quarter = Math.floor((loaded / total) * 4);
    if (quarter > spoken && quarter < 4) say(`${name}: ${(spoken = quarter) * 25}% sent`);
  });
  request.upload.addEventListener('load', () => say(`${name} sent, now being checked`));
  request.addEventListener('load', () => {
    const place = request.getResponseHeader('Location');
    if (request.status === 201 && place) location.assign(place);
    else replace(request.responseText, input);
  });
  request.addEventListener('loadend', () => { delete form.dataset.busy; });
  request.addEventListener('error', () => {
    for (const { item, words, bar } of rows) {
      item.dataset.stopped = '';
      words.textContent = `Stopped at ${bar.value}%: the connection dropped. Press the button to send again`;
    }
    say(`${name} stopped: the connection dropped`);
  });
  request.open('POST', form.action);
  request.setRequestHeader('X-Requested-With', 'upload');
  form.dataset.busy = '';
  say(`Sending ${name}`);
  request.send(new FormData(form));
}
