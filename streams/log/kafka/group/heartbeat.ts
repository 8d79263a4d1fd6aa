// Signs of life of a member between two rounds of joining, whatever its tasks do meanwhile.
import { setTimeout as sleep } from 'node:timers/promises';
import { clientFailure, KafkaFailure, type GroupConnection, type GroupMembership } from '../client.ts';
import type { KafkaLimits } from '../settings.ts';

/** Signs of life per session time-out. */
const beatsPerSession = 5;
const beatMsMax = 3_000;

/** The group wants everybody to join again. */
export const rebalanceCode = 'REBALANCE_IN_PROGRESS';

export class Heartbeat {
  /** Resolves when a new round of joining is due; rejects when the membership is over, or nobody answers for a session's length. */
  readonly due: Promise<void>;
  readonly #stopping = new AbortController();

  constructor(connection: GroupConnection, membership: GroupMembership, limits: KafkaLimits) {
    this.due = this.#beat(connection, membership, limits);
    this.due.catch(() => undefined); // whoever waits for it hears of it, and perhaps nobody does
  }

  stop(): void {
    this.#stopping.abort();
  }

  async #beat(connection: GroupConnection, membership: GroupMembership, limits: KafkaLimits): Promise<void> {
    const { signal } = this.#stopping;
    const everyMs = Math.min(limits.sessionTimeoutMs / beatsPerSession, beatMsMax);
    let answeredAtMs = performance.now();
    while (!signal.aborted) {
      await sleep(everyMs, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      try {
        await within(limits.sessionTimeoutMs, connection.heartbeat(membership));
        answeredAtMs = performance.now();
      } catch (error) {
        if (!(error instanceof KafkaFailure)) throw error;
        if (error.code === rebalanceCode) return;
        if (!isPassing(error) || performance.now() - answeredAtMs > limits.sessionTimeoutMs) throw error;
      }
    }
  }
}

/** What another attempt may mend: the connection looks for the coordinator again. */
function isPassing({ code }: KafkaFailure): boolean {
  return code === clientFailure.connection || code.includes('COORDINATOR') || code.includes('LOAD_IN_PROGRESS');
}

async function within<T>(ms: number, answer: Promise<T>): Promise<T> {
  const patience = new AbortController();
  const silence = sleep(ms, undefined, { signal: patience.signal }).then(() => {
    throw new KafkaFailure(clientFailure.connection, `The group's coordinator did not answer for ${ms} ms.`);
  });
  try {
    return await Promise.race([answer, silence]);
  } finally {
    patience.abort();
    silence.catch(() => undefined);
  }
}
