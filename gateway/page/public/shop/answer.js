// The same list as the API answers it, with a little colour.
import { byId, element, setText } from '../frame/elements.js';

/** A field's name, a text, or a number, true, false and null. */
const parts = /("(?:[^"\\]|\\.)*")(\s*:)?|(-?\d[\d.eE+-]*|true|false|null)/g;
const copiedMs = 1500;

byId('copy').addEventListener('click', () => void copy(byId('copy')));

/** @param {string} text  JSON as it came */
export function showAnswer(path, text) {
  setText(byId('request'), `GET ${path}`);
  const answer = byId('answer');
  byId('no-answer').hidden = true;
  const shown = JSON.stringify(JSON.parse(text), null, 2);
  if (answer.textContent === shown) return;
  const { scrollTop, scrollLeft } = answer;
  answer.replaceChildren(...coloured(shown));
  answer.scrollTo(scrollLeft, scrollTop);
}

/** Browsers let only pages of this machine and of https write to the clipboard: elsewhere the reader copies what is selected. */
async function copy(button) {
  const answer = byId('answer');
  if (navigator.clipboard === undefined) getSelection().selectAllChildren(answer);
  else await navigator.clipboard.writeText(answer.textContent);
  button.textContent = navigator.clipboard === undefined ? 'Selected' : 'Copied';
  setTimeout(() => (button.textContent = 'Copy'), copiedMs);
}

function* coloured(json) {
  let done = 0;
  for (const match of json.matchAll(parts)) {
    const [whole, text, colon, value] = match;
    yield json.slice(done, match.index);
    if (value !== undefined) yield element('span', { className: 'value' }, value);
    else yield element('span', { className: colon === undefined ? 'text' : 'field' }, text);
    yield colon ?? '';
    done = match.index + whole.length;
  }
  yield json.slice(done);
}
