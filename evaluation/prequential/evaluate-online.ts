// The protocol `prequential` against a system that runs: each event is posted over HTTP, and before the next one of a customer their list is
// asked for by GET. What it reaches is to be held against the algorithm `freshet`, which is the same stages without a network, a disk or a
// clock.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Tally } from '../tally.ts';
import type { RawInteraction } from '../topn/read-interactions.ts';
import { courseOf, tallyOf, type CourseOptions } from './evaluate-prequential.ts';
import { deedOf } from './served-lists.ts';

export interface Answer {
  readonly status: number;
  json<T>(): T;
}

export interface RunningSystem {
  ask(method: string, path: string, body?: object): Promise<Answer>;
}

export interface OnlineOptions extends CourseOptions {
  readonly ks: readonly number[];
  /** From one event to the next: what it tells of items and sessions reaches the lists of others within part of a second. */
  readonly paceMs: number;
  readonly onProgress?: (done: number, of: number) => void;
}

/** What a customer's list has at most: items had already are taken out here, as they are offline. */
const LIST_ITEMS = 30;

/** One event after the other: each is asked for with all that came before it learnt. @throws Error when the system refuses something. */
export async function evaluateOnline(
  raw: readonly RawInteraction[],
  { ks, paceMs, onProgress = () => {}, ...options }: OnlineOptions,
  system: RunningSystem,
): Promise<Tally> {
  const { sizes, course } = courseOf([], raw, options);
  const tally = tallyOf(course.events, sizes, ks);
  const customers = new Map<number, { readonly had: Set<number>; position: string }>();
  for (const [at, event] of course.events.entries()) {
    onProgress(at, course.events.length);
    await sleep(paceMs);
    const known = customers.get(event.user);
    if (known !== undefined && course.isAsked(event, at)) {
      const askedMs = performance.now();
      const ids = await listOf(event.userId, known.position, system);
      const list = ids.map((id) => sizes.itemNumberOf(id)).filter((item) => !known.had.has(item));
      tally.add({
        group: event.user,
        relevant: [event.item],
        list,
        slices: [],
        elapsedMs: performance.now() - askedMs,
      });
    }
    const { timestamp, ...deed } = deedOf(event);
    const position = await post({ ...deed, timestamp: new Date(timestamp).toISOString(), backfill: true }, system);
    if (known === undefined) customers.set(event.user, { had: new Set([event.item]), position });
    else {
      known.had.add(event.item);
      known.position = position;
    }
  }
  return tally;
}

async function listOf(customerId: string, position: string, system: RunningSystem): Promise<string[]> {
  const query = `limit=${LIST_ITEMS}&explain=none&min_position=${position}`;
  const answer = await system.ask('GET', `/api/v1/recommendations/${encodeURIComponent(customerId)}?${query}`);
  const { items, position_reached: isReached } = answer.json<{ items?: { item_id: string }[]; position_reached?: boolean }>(); // prettier-ignore
  if (answer.status !== 200 || items === undefined || isReached !== true)
    throw new Error(`${answer.status} for the list of ${customerId}, which reflects ${position}: ${isReached}`);
  return items.map(({ item_id }) => item_id);
}

async function post(body: object, system: RunningSystem): Promise<string> {
  const answer = await system.ask('POST', '/api/v1/interactions', body);
  const { position } = answer.json<{ position?: string | null }>();
  if (answer.status !== 202 || typeof position !== 'string')
    throw new Error(`${answer.status} for ${JSON.stringify(body)}: ${JSON.stringify(answer.json())}`);
  return position;
}
