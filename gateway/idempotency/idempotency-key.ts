// The header Idempotency-Key on every POST that writes: who sends the same request again with the same key gets the first answer again, and nothing is done
// twice. Only what succeeded is remembered: a request that was refused or failed has done nothing, so it may be tried again.
import { hash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { LRUCache } from 'lru-cache';
import type { GatewayClock, GatewayDependencies } from '../dependencies.ts';
import { Problem } from '../errors.ts';
import type { Answer } from '../http/answer.ts';
import { answeredItself, type ApiRequest, type Route } from '../http/route.ts';

interface Answered {
  readonly fingerprint: string;
  readonly answer: Answer;
}

/** Answers kept at one time, and what they may take together. The oldest go first. */
const answersMax = 10_000;
const answersBytesMax = 16 * 1024 * 1024;
/** What one takes beside its body and its name. */
const entryBytes = 512;
const keyCharactersMax = 255;
export const idempotencyKeys = new RegExp(`^[\\x21-\\x7e]{1,${keyCharactersMax}}$`);
const retryAfterSeconds = '1';

type Dependencies = Pick<GatewayDependencies, 'settings'> & { readonly clock: GatewayClock };

/** A POST that only reads, of whom nothing may be kept, does the same each time without our help. */
export function takesIdempotencyKey({ method, scope }: Pick<Route, 'method' | 'scope'>): boolean {
  return method === 'POST' && scope !== 'read';
}

/** Answers a function that lets a route honour the header, if it takes it. All of its routes share what is remembered. */
export function honouringIdempotencyKeys({ settings, clock }: Dependencies): (route: Route) => Route {
  const requests = new KnownRequests(settings.idempotencyWindowMs, clock);
  return (route) => {
    if (!takesIdempotencyKey(route)) return route;
    return {
      ...route,
      handle: (request) => {
        const key = idempotencyKeyOf(request.incoming);
        return key === null ? route.handle(request) : requests.once(`${request.incoming.url} ${key}`, request, route);
      },
    };
  };
}

/**
 * The key together with whose it is, so that two callers may choose the same; null when none was sent.
 *
 * @throws Problem 400
 */
export function idempotencyKeyOf({ headers }: IncomingMessage): string | null {
  const key = headers['idempotency-key'];
  if (key === undefined) return null;
  if (typeof key !== 'string' || !idempotencyKeys.test(key))
    throw new Problem(400, `Send Idempotency-Key once, with 1 to ${keyCharactersMax} visible ASCII characters.`);
  return `${hash('sha256', headers.authorization ?? String(headers['x-api-key'] ?? ''))} ${key}`;
}

class KnownRequests {
  readonly #answered: LRUCache<string, Answered>;
  /** Fingerprints of the requests that are being handled: as many as there are connections at most. */
  readonly #inFlight = new Map<string, string>();

  constructor(windowMs: number, clock: GatewayClock) {
    this.#answered = new LRUCache({
      max: answersMax,
      maxSize: answersBytesMax,
      sizeCalculation: ({ answer }, name) => entryBytes + name.length + answer.body.length,
      ttl: windowMs,
      ttlResolution: 0,
      perf: { now: () => clock.nowMs() },
    });
  }

  async once(name: string, request: ApiRequest, route: Route): Promise<Answer | typeof answeredItself> {
    const body = await request.json();
    const fingerprint = hash('sha256', JSON.stringify(body));
    const known = this.#answered.get(name);
    const former = known?.fingerprint ?? this.#inFlight.get(name);
    if (former !== undefined && former !== fingerprint)
      throw new Problem(
        422,
        'This Idempotency-Key came with another body before. Send each new request with a new key.',
      );
    if (known !== undefined) return known.answer;
    if (former !== undefined)
      throw new Problem(409, 'The request with this Idempotency-Key is still being handled. Ask again in a moment.', {
        headers: { 'retry-after': retryAfterSeconds },
      });
    this.#inFlight.set(name, fingerprint);
    try {
      const answer = await route.handle({ ...request, json: () => Promise.resolve(body) });
      if (answer !== answeredItself) this.#answered.set(name, { fingerprint, answer });
      return answer;
    } finally {
      this.#inFlight.delete(name);
    }
  }
}
