// Compiles the `when` of a mapping: which lines are wanted.
import type { Condition } from './mapping.ts';
import type { Columns } from './values.ts';

export function wanted<R>(conditions: readonly Condition[], columns: Columns<R>): (row: R) => boolean {
  const tests = conditions.map((condition) => compile(condition, columns));
  return (row) => tests.every((test) => test(row));
}

function compile<R>(condition: Condition, columns: Columns<R>): (row: R) => boolean {
  const column = columns(condition.column);
  const { equals, not, above, below, present } = condition;
  const among = condition.in === undefined ? undefined : new Set(condition.in.map(String));
  return (row) => {
    const value = column(row);
    const text = textOf(value);
    if (present !== undefined && present !== (value !== undefined)) return false;
    if (equals !== undefined && text !== String(equals)) return false;
    if (not !== undefined && text === String(not)) return false;
    if (among !== undefined && !(text !== undefined && among.has(text))) return false;
    // A value that is no number is neither above nor below.
    if (above !== undefined && !(Number(text) > above)) return false;
    return below === undefined || Number(text) < below;
  };
}

/** Objects and lists, which JSON lines may have, are compared as JSON. */
function textOf(value: unknown): string | undefined {
  return typeof value === 'string' || value === undefined ? value : JSON.stringify(value);
}
