// The page's words and numbers, which need no browser.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';

// Plain JavaScript, as browsers get it: imported by address, since there are no types to check it by.
const part = (path: string) => import(new URL(`./public/${path}`, import.meta.url).href);
const { when, span } = await part('words/times.js');
const { reasonInWords, listInWords, fallbackInWords } = await part('words/reasons.js');
const { asMoney, asPercent, asRate, asDuration, setCurrency } = await part('words/numbers.js');
const { deedOf } = await part('words/deeds.js');
const { hexDump } = await part('dead-letters/bytes.js');
const { ratesBetween } = await part('topology/rates.js');

/** A Thursday, by the clock of whoever runs this. */
const now = new Date(2026, 10, 26, 20, 15).getTime();
const at = (day: number, hour: number, minute = 0) => new Date(2026, 10, day, hour, minute).getTime();

suite('times in words', () => {
  test('are nearer, the nearer they are', () => {
    assert.equal(when(now - 5_000, now), 'just now');
    assert.equal(when(now + 60_000, now), 'just now', 'a clock may be fast');
    assert.equal(when(now - 5 * 60_000, now), '5 min ago');
    assert.match(when(at(26, 14, 5), now), /^today at 0?2:05|^today at 14:05/);
    assert.equal(when(at(25, 23, 59), now), 'yesterday');
    assert.equal(when(at(24, 8), now), 'on Tuesday');
    assert.match(when(at(3, 8), now), /^on .*2026/);
  });

  test('a span names its day once', () => {
    assert.match(span(at(25, 9), at(25, 9, 20), now), /^Yesterday, .*9:00.* – .*9:20/);
    assert.doesNotMatch(span(at(25, 9), at(25, 9), now), /–/);
  });
});

suite('reasons in words', () => {
  const bought = {
    event_type: 'purchase',
    title: 'Kettle',
    item_id: 'k',
    timestamp: new Date(at(24, 8)).toISOString(),
  };
  const viewed = { event_type: 'view', title: null, item_id: 'mug', timestamp: bought.timestamp };

  test('say what was done, and when', () => {
    const { because, rest } = reasonInWords({
      text: '…',
      algorithm: 'bought_together',
      interactions: [bought, viewed],
    });
    assert.match(because, /^Because you bought Kettle .+ and looked at mug$/);
    assert.equal(rest, 'it is often bought with that');
  });

  test('name the item itself only when there is nothing else', () => {
    const reason = { text: '…', algorithm: 'affinity', interactions: [viewed, bought] };
    assert.match(reasonInWords(reason, 'mug').because, /^Because you bought Kettle [^&]+$/);
    assert.doesNotMatch(reasonInWords(reason, 'mug').because, /mug/);
    assert.match(reasonInWords({ ...reason, interactions: [viewed] }, 'mug').because, /looked at mug/);
  });

  test('are those of the API when nothing that was done leads there', () => {
    const text = 'Popular in Books.';
    assert.deepEqual(reasonInWords({ text, algorithm: 'popular', interactions: [] }), { because: null, rest: text });
  });

  test('of lists and of substitutes', () => {
    assert.equal(listInWords('trending'), 'Trending');
    assert.equal(listInWords('popular:category:Games: Board'), 'Popular in Games: Board');
    assert.equal(listInWords('popular:segment:VIP'), 'Popular with VIP customers');
    assert.equal(fallbackInWords({ used: false, why: null }), null);
    assert.match(fallbackInWords({ used: true, why: 'no_consent' }), /does not want to be known/);
  });
});

test('what customers do is told as what they did, also without an item', () => {
  assert.equal(deedOf('purchase', 'Kettle'), 'bought Kettle');
  assert.equal(deedOf('search', null), 'searched');
  assert.equal(deedOf('quiz_done', null), 'quiz done');
  assert.equal(deedOf('quiz_done', 'Kettle'), 'quiz done: Kettle');
});

test('money is in its own currency, or the shop’s', () => {
  assert.match(asMoney(12.5), /€/);
  setCurrency('CHF');
  assert.match(asMoney(12.5), /CHF/);
  assert.match(asMoney(12.5, 'JPY'), /¥/);
});

test('few are not none, and most are not all', () => {
  assert.deepEqual([0, 0.003, 0.5, 0.997, 1].map(asPercent), ['0%', '<1%', '50%', '>99%', '100%']);
});

test('numbers have as many digits as mean something', () => {
  assert.equal(asRate(2.4683), new Intl.NumberFormat().format(2.5));
  assert.equal(asRate(1234.5), new Intl.NumberFormat().format(1235));
  assert.equal(asDuration(null), '–');
});

test('bytes are numbers, with letters beside them where there are some', () => {
  const bytes = Buffer.from('<b>\0\xff', 'latin1');
  assert.equal(hexDump(bytes.toString('base64'), 9), `0000  3c 62 3e 00 ff${' '.repeat(33)}  <b>··\n… 4 more`);
});

test('rates are what was counted between two answers; nothing is lost sense of at a restart', () => {
  const answer = (seconds: number, ...records: (number | null)[]) => ({
    at: new Date(now + seconds * 1000).toISOString(),
    edges: records.map((each) => ({ records: each })),
  });
  assert.deepEqual(ratesBetween(null, answer(0, 5)), [null]);
  assert.deepEqual(ratesBetween(answer(0, 5, null, 100), answer(2, 25, null, 3)), [10, null, 0]);
});
