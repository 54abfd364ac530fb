// Every page works without these files: they are joined in one. A module takes up what names it: data-module="composer".
import composer from './composer.js';
import reply from './reply.js';
import upload from './upload.js';
import waiting from './waiting.js';

// fetched when it is needed, by few pages
const similar = (box) => import('./similar.js').then((code) => code.default(box), () => {});
const slides = (deck) => import('./slides.js').then((code) => code.default(deck), () => {});
// not before somebody has stayed for a while
const live = (place) => setTimeout(() => import('./live.js').then((code) => code.default(place), () => {}), 20_000);
const MODULES = { composer, live, reply, similar, slides, upload, waiting };
const enhance = (root) => {
  for (const element of root.querySelectorAll('[data-module]')) {
    for (const name of element.dataset.module.split(' ')) MODULES[name](element);
  }
  root.querySelector('.errors')?.focus();
};

document.addEventListener('page:replaced', ({ target }) => { target.focus(); enhance(target); });
document.addEventListener('page:grown', ({ target }) => enhance(target));
enhance(document);
