// Compares a documented answer with a real one: the same fields of the same kinds, and where it matters the same values.
import assert from 'node:assert/strict';

/** Values that a page promises literally; others (ids, times, scores) are examples. */
const literal = new Set(['status', 'detail', 'title', 'pointer', 'parameter', 'customer_id', 'why', 'used', 'consent']);
/** The title of an item is an example; that of a problem is not. */
const isProblem = (value: object) => 'type' in value;

export function assertSameShape(documented: unknown, actual: unknown, at = ''): void {
  if (documented === null || actual === null) return assert.equal(actual, documented, at);
  if (Array.isArray(documented)) return assertSameEntries(documented, actual, at);
  assert.equal(typeof actual, typeof documented, `${at} is ${JSON.stringify(actual)}`);
  if (typeof documented !== 'object' || typeof actual !== 'object') return;
  assert.deepEqual(
    Object.keys(actual).toSorted(),
    Object.keys(documented).toSorted(),
    `the fields of ${at || 'the answer'}`,
  );
  const values = new Map(Object.entries(actual));
  for (const [name, value] of Object.entries(documented)) {
    assertSameShape(value, values.get(name), `${at}/${name}`);
    const isLiteral = literal.has(name) && (name !== 'title' || isProblem(documented));
    if (name === 'text' && values.get('algorithm') === ('algorithm' in documented && documented.algorithm))
      assert.equal(wordsOf(values.get(name)), wordsOf(value), `${at}/${name}`);
    if (isLiteral && typeof value !== 'object') assert.equal(values.get(name), value, `${at}/${name}`);
  }
}

/** A reason without the items that it names. */
function wordsOf(text: unknown): string {
  return String(text).split(': ').at(-1) ?? '';
}

/** As many entries, since the pages ask for few. */
function assertSameEntries(documented: readonly unknown[], actual: unknown, at: string): void {
  assert.ok(Array.isArray(actual), `${at} is no list`);
  const entries: readonly unknown[] = actual;
  assert.equal(entries.length, documented.length, `${at} has ${entries.length} entries`);
  documented.forEach((entry, index) => assertSameShape(entry, entries[index], `${at}/${index}`));
}
