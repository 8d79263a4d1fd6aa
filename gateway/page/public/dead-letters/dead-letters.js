// The view of dead letters, newest first. What is open stays open.
import { get, KeyWanted, NotAllowed } from '../frame/api.js';
import { byId, element, facts, setText } from '../frame/elements.js';
import { repeated } from '../frame/repeated.js';
import { asCount, counted } from '../words/numbers.js';
import { ago, exactTime } from '../words/times.js';
import { hexDump } from './bytes.js';

const refreshMs = 3000;
const shownMax = 50;

/** @param {(problem: string) => void} askForKey */
export function deadLettersView(askForKey) {
  const list = byId('dead-letters');
  byId('other-key').addEventListener('click', () => askForKey('Dead letters need a key with the scope admin.'));
  const shown = repeated(
    async () => {
      const { dead_letters, next = null } = await get(`/api/v1/dead-letters?limit=${shownMax}`);
      byId('other-key').hidden = true;
      const before = new Map([...list.children].map((row) => [row.dataset.position, row]));
      list.replaceChildren(...dead_letters.map((letter) => before.get(letter.position) ?? row(letter)));
      for (const each of list.querySelectorAll('time')) setText(each, ago(Number(each.dataset.at)));
      setText(byId('dead-letters-total'), countInWords(dead_letters.length, next !== null));
      byId('no-dead-letters').hidden = dead_letters.length > 0;
      setText(byId('no-dead-letters'), 'Nothing has been put aside. Everything that came could be used.');
    },
    refreshMs,
    showProblem,
  );
  return { open: shown.start, close: shown.stop };
}

function countInWords(count, hasMore) {
  if (count === 0) return '';
  return hasMore ? `the newest ${asCount(count)}` : `${asCount(count)} in all`;
}

function showProblem(error) {
  const isRefused = error instanceof NotAllowed || error instanceof KeyWanted;
  byId('other-key').hidden = !isRefused;
  byId('no-dead-letters').hidden = false;
  setText(
    byId('no-dead-letters'),
    isRefused
      ? 'Dead letters hold what came, whatever it was: seeing them needs a key with the scope admin.'
      : `They could not be read: ${error.message}. Trying again…`,
  );
}

function row(letter) {
  const { position, timestamp, reason, message, source } = letter;
  const atMs = Date.parse(timestamp);
  const details = element(
    'details',
    {},
    element(
      'summary',
      {},
      element('span', { className: 'badge reason' }, reason.replaceAll('_', ' ')),
      element('time', { dataset: { at: String(atMs) }, title: exactTime(atMs) }, ago(atMs)),
      element('span', { className: 'message' }, message),
      element('span', { className: 'from' }, `${source.topic} ${source.partition}:${source.offset}`),
    ),
  );
  // Bytes are laid out when somebody looks.
  details.addEventListener('toggle', () => details.append(content(letter)), { once: true });
  return element('li', { dataset: { position } }, details);
}

function content(letter) {
  const { stage, processor, source, key, bytes, value, event, timestamp } = letter;
  return element(
    'div',
    { className: 'letter' },
    facts([
      ['topic', source.topic],
      ['partition', String(source.partition)],
      ['offset', String(source.offset)],
      ['put aside by', processor === '' ? `stage ${stage}` : `${stage} / ${processor}`],
      ['time', exactTime(Date.parse(timestamp))],
      ['key', key],
    ]),
    element(
      'div',
      {},
      element('h2', {}, 'What it says'),
      event === null
        ? element('p', { className: 'hint' }, 'The schema of its topic cannot read it.')
        : readable('What it says', JSON.stringify(event, null, 2)),
    ),
    element(
      'div',
      {},
      element('h2', {}, bytes === null ? 'A deletion' : `${counted(bytes, 'byte')} as they came`),
      value === null
        ? element('p', { className: 'hint' }, 'It has no bytes.')
        : readable('Its bytes', hexDump(value, bytes)),
    ),
  );
}

/** Can be scrolled by keyboard. */
function readable(label, text) {
  return element('pre', { tabIndex: 0, role: 'group', 'aria-label': label }, text);
}
