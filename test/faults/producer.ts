// A producer that sends a ledger's events over HTTP, and again whatever had no answer.
import { setTimeout as sleep } from 'node:timers/promises';
import type { FreshetProcess, Reply } from '../end-to-end/freshet-process.ts';
import type { Ledger, LedgerEvent, Place, Recount } from './ledger.ts';

const REQUESTS_AT_ONCE = 8;
const EVENTS_PER_REQUEST_MAX = 10;
const RETRY_AFTER_MS = 20;

/** Sends until the process no longer answers. */
export async function sendUntilGone(freshet: FreshetProcess, ledger: Ledger): Promise<void> {
  const again = ledger.unanswered();
  const work = async () => {
    for (;;) {
      const repeated = again.splice(0, EVENTS_PER_REQUEST_MAX);
      const events = repeated.length > 0 ? repeated : ledger.next(1 + (ledger.sent % EVENTS_PER_REQUEST_MAX));
      if (!(await sendOnce(freshet, ledger, events))) return;
    }
  };
  await Promise.all(Array.from({ length: REQUESTS_AT_ONCE }, work));
}

/** Sends what is left without an answer. */
export async function sendRest(freshet: FreshetProcess, ledger: Ledger): Promise<void> {
  for (let left = ledger.unanswered(); left.length > 0; left = ledger.unanswered()) {
    for (let at = 0; at < left.length; at += EVENTS_PER_REQUEST_MAX) {
      await sendOnce(freshet, ledger, left.slice(at, at + EVENTS_PER_REQUEST_MAX));
    }
  }
}

/** What the profiles say, once they reflect all that was accepted. */
export async function recountFrom(
  freshet: FreshetProcess,
  customers: readonly string[],
  position: string,
): Promise<Map<string, Recount>> {
  const recounts = new Map<string, Recount>();
  for (const customer of customers) {
    const path = `/api/v1/recommendations/${customer}?limit=1&min_position=${position}`;
    while (!(await freshet.ask('GET', path)).json<{ position_reached: boolean }>().position_reached);
    const reply = await freshet.ask('GET', `/api/v1/customers/${customer}`);
    const { events, lifetime_value, orders, items_bought } = reply.json<Recount>();
    recounts.set(customer, { events, lifetime_value, orders, items_bought });
  }
  return recounts;
}

/** True when there was an answer; a 503 is one as well, and its events stay unanswered. */
export async function sendOnce(
  freshet: FreshetProcess,
  ledger: Ledger,
  events: readonly LedgerEvent[],
): Promise<boolean> {
  let reply: Reply;
  try {
    reply = await freshet.ask('POST', '/api/v1/interactions', { events });
  } catch {
    return false; // killed or shutting down: the ledger keeps them as unanswered
  }
  if (reply.status === 202) ledger.accept(events, placesIn(reply, events));
  else if (reply.status !== 503) throw new Error(`${reply.status} for a good request: ${reply.text}`);
  else await sleep(RETRY_AFTER_MS);
  return true;
}

/** The answer names the last place per partition only; of one event it is the event's own. */
function placesIn(reply: Reply, events: readonly LedgerEvent[]): (Place | null)[] {
  const { position, accepted, duplicate } = reply.json<{
    position: string | null;
    accepted: number;
    duplicate: number;
  }>();
  if (accepted + duplicate !== events.length) throw new Error(`not all events were accepted: ${reply.text}`);
  if (position === null || events.length > 1) return events.map(() => null);
  const [partition = 0, offset = 0] = position.split(':').map(Number);
  return [{ partition, offset }];
}
