// One file on its way by tus 1.0: begun, sent in pieces, paused, carried on after whatever happened. `hear` learns of each step.
const SPOKEN = { 'Tus-Resumable': '1.0.0' };
const PIECE = 16 * 2 ** 20; // bytes
const WAITS = [1, 2, 4]; // seconds before it tries again
const base64 = (words) => btoa(String.fromCharCode(...new TextEncoder().encode(words)));
const tell = (address, method, headers = {}) =>
  fetch(address, { method, headers: { ...SPOKEN, ...headers }, credentials: 'same-origin', redirect: 'manual' });

export const memory = {
  names: (start) => { try { return Object.keys(localStorage).filter((name) => name.startsWith(start)); } catch { return []; } },
  get: (name) => { try { return localStorage.getItem(name); } catch { return null; } },
  set: (name, value) => { try { if (value) localStorage.setItem(name, value); else localStorage.removeItem(name); } catch { /* then not */ } },
};
export const remembered = (place, { size, lastModified, name }) => `piece ${place} ${size} ${lastModified} ${name}`;
export const forget = async (name, address) => {
  memory.set(name, '');
  const reply = await tell(address, 'DELETE').catch(() => null);
  if (reply?.status === 423) setTimeout(() => tell(address, 'DELETE').catch(() => null), 2000); // its last piece still ends
};
export const arrived = async (address) => {
  const reply = await tell(address, 'HEAD');
  if (![200, 404].includes(reply.status)) throw new Error(reply.status);
  return reply.ok ? { offset: Number(reply.headers.get('Upload-Offset')), draft: reply.headers.get('Upload-Draft') } : null;
};

export class Sending {
  constructor(file, place, hear) {
    const name = remembered(place, file);
    Object.assign(this, { file, place, hear, name, address: memory.get(name), offset: 0, draft: '', state: '', round: 0 });
  }
  to(state, said = '') { this.state = state; this.hear(this, said); }
  start() { [this.tries, this.since, this.from] = [0, Date.now(), undefined]; this.to('sending'); return this.go(++this.round); }
  pause() { this.round += 1; this.to('paused'); this.request?.abort(); }
  remove() { this.round += 1; this.state = 'gone'; this.request?.abort(); if (this.address) forget(this.name, this.address); }

  async go(round) {
    try {
      if (!this.address && !await this.begin(round)) return;
      const found = await arrived(this.address);
      if (found) Object.assign(this, found);
      else [this.address, this.offset] = ['', 0];
      this.from ??= this.offset;
      while (this.address && !this.draft && round === this.round) await this.piece();
      if (round !== this.round) return;
      if (!this.address) return this.again(round);
      memory.set(this.name, '');
      this.to('ready');
    } catch (error) { if (round === this.round) this.again(round, error); }
  }
  again(round, error) {
    if (error?.words) { memory.set(this.name, ''); this.to('refused', error.words); } // the server has let go of it
    else if (this.tries < WAITS.length) setTimeout(() => { if (round === this.round) this.go(round); }, 1000 * WAITS[this.tries++]);
    else this.to('stopped');
  }
  async begin(round) {
    const { name, size } = this.file;
    const reply = await tell(this.place, 'POST', { 'Upload-Length': size, 'Upload-Metadata': `filename ${base64(name)}` });
    const words = reply.headers.get('Content-Type')?.startsWith('text/plain') && reply.status < 500 ? await reply.text() : '';
    this.address = reply.status === 201 ? reply.headers.get('Location') : null;
    if (this.address && round === this.round) memory.set(this.name, this.address);
    else if (this.address) forget(this.name, this.address);
    else this.to(words ? 'refused' : 'amiss', words);
    return this.address && round === this.round;
  }
  piece() {
    const [start, end] = [this.offset, Math.min(this.file.size, this.offset + PIECE)];
    const request = this.request = new XMLHttpRequest();
    request.upload.addEventListener('progress', ({ loaded }) => { this.offset = start + loaded; if (this.state === 'sending') this.hear(this); });
    request.upload.addEventListener('load', () => { if (end === this.file.size && this.state === 'sending') this.to('checking'); });
    request.open('PATCH', this.address);
    for (const [name, value] of Object.entries({ ...SPOKEN, 'Upload-Offset': start, 'Content-Type': 'application/offset+octet-stream' })) request.setRequestHeader(name, value);
    return new Promise((done, fail) => {
      request.addEventListener('loadend', () => {
        if (request.status !== 204) return fail({ words: request.status === 422 ? request.responseText : '' });
        done(Object.assign(this, { offset: Number(request.getResponseHeader('Upload-Offset')), draft: request.getResponseHeader('Upload-Draft'), scan: request.getResponseHeader('Upload-Scan'), tries: 0 }));
      });
      request.send(this.file.slice(start, end));
    });
  }
}
