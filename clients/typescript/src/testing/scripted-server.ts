// A server that answers as it is told, or not at all.
import type { Interaction } from '../api-types.ts';
import type { Fetch } from '../requests.ts';

export interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly keepalive: boolean;
  readonly body: Body;
}

export interface Body {
  readonly sent_at: number;
  readonly events: readonly Interaction[];
}

/** `lost`: it is done, and the answer gets lost. `down`: it is not done. `silent`: nothing comes until the client gives up. */
export type Step = 'ok' | 'lost' | 'down' | 'silent' | Refusal;

interface Refusal {
  readonly status: number;
  readonly problem?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
}

export class ScriptedServer {
  readonly seen: Seen[] = [];
  /** How often it took each event. */
  readonly taken = new Map<string, number>();
  /** For the next requests, one after the other; then all is well. */
  readonly steps: Step[] = [];
  /** What it answers when all is well, instead of what became of the events. */
  answer: unknown;

  readonly fetch: Fetch = async (url, { method, headers, body, keepalive, signal }) => {
    const parsed = JSON.parse(body ?? 'null') as Body;
    this.seen.push({ method, url, headers, keepalive: keepalive === true, body: parsed });
    const step = this.steps.shift() ?? 'ok';
    if (step === 'down') throw new TypeError('fetch failed');
    if (step === 'silent') return aborted(signal);
    if (typeof step === 'object') return reply(step.status, step.problem ?? { status: step.status }, step.headers);
    const answer = this.answer ?? this.#take(parsed?.events ?? []);
    if (step === 'lost') throw new TypeError('socket hang up');
    return reply(202, answer);
  };

  #take(events: readonly Interaction[]): object {
    const results = events.map(({ interaction_id, event_type }) => {
      if (event_type === 'bad')
        return { status: 'rejected', errors: [{ pointer: '/events/0/item_id', detail: 'is missing.' }] };
      const id = String(interaction_id);
      this.taken.set(id, (this.taken.get(id) ?? 0) + 1);
      return { status: 'accepted', interaction_id: id };
    });
    return { accepted: results.length, position: `0:${this.seen.length}`, results };
  }
}

function reply(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}) {
  return { status, headers: new Headers(headers), text: () => Promise.resolve(JSON.stringify(body)) };
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error));
  });
}
