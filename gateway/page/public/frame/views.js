// Which view is shown: what follows # in the address says it, so that links, bookmarks and the back button work.
import { byId } from './elements.js';

const first = 'live';

/**
 * `views` by name: `open(rest)` when one is shown, with what follows its name in the address; `close()` when it is left.
 *
 * @param {Record<string, { open(rest: string): void, close(): void }>} views
 */
export function showViews(views) {
  let shown = null;
  const show = () => {
    const [name, ...rest] = location.hash.replace(/^#\//, '').split('/');
    const wanted = Object.hasOwn(views, name) ? name : first;
    if (shown !== wanted && shown !== null) views[shown].close();
    for (const each of Object.keys(views)) byId(`view-${each}`).hidden = each !== wanted;
    markLink(wanted);
    shown = wanted;
    views[wanted].open(decoded(rest.join('/')));
  };
  addEventListener('hashchange', show);
  byId('skip').addEventListener('click', (event) => {
    event.preventDefault();
    byId('content').focus();
  });
  show();
}

/** An address that somebody has cut short may end in the midst of a character. */
function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function markLink(name) {
  for (const link of byId('views').children) {
    const isShown = link.getAttribute('href') === `#/${name}`;
    if (isShown) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
    if (isShown) document.title = `${link.textContent} · Freshet`;
  }
}
