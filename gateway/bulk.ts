// Requests that bring many things at once: each is judged for itself, and the answer says what became of it.
import { Problem, type Wrong } from './errors.ts';
import { isObject } from './fields.ts';

export interface Rejected {
  readonly status: 'rejected';
  readonly errors: readonly Wrong[];
}

/** The answer lists each entry's errors; the problem on top repeats no more than these. */
const errorsOnTopMax = 20;

export function objectBody(body: unknown, detail: string): Record<string, unknown> {
  if (isObject(body)) return body;
  throw new Problem(422, detail, { errors: [{ pointer: '', detail: 'must be an object.' }] });
}

/** The list under `name`, neither empty nor too long. */
export function listOf(body: Record<string, unknown>, name: string, entriesMax: number): unknown[] {
  const entries = body[name];
  const problem = !Array.isArray(entries)
    ? 'must be a list.'
    : entries.length === 0
      ? 'must not be empty.'
      : entries.length > entriesMax
        ? `must not have more than ${entriesMax} entries: send them in several requests.`
        : undefined;
  if (problem === undefined) return entries as unknown[];
  throw new Problem(422, `The list ${name} ${problem}`, { errors: [{ pointer: `/${name}`, detail: problem }] });
}

export function isRejected(outcome: { readonly status: string }): outcome is Rejected {
  return outcome.status === 'rejected';
}

/** When nothing could be used: with `summary`, the outcome of each entry of a list. */
export function allRejected(
  outcomes: readonly ({ readonly status: string } | Rejected)[],
  summary?: Record<string, unknown>,
): Problem {
  const errors = outcomes.filter(isRejected).flatMap((outcome) => outcome.errors);
  const detail =
    summary === undefined ? 'It can’t be used as it is: see errors.' : 'Nothing of it can be used: see results.';
  return new Problem(422, detail, {
    errors: errors.slice(0, errorsOnTopMax),
    ...(summary && { members: summary }),
  });
}
