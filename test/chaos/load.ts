// Clients that send a ledger's events to any gateway that answers, and go on whatever happens to it.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Ledger, LedgerEvent } from '../faults/ledger.ts';
import { sendOnce } from '../faults/producer.ts';
import type { Member } from './cluster.ts';

export interface Load {
  /** Sends what has no answer yet, until everything has one. */
  finish(): Promise<void>;
}

const clients = 4;
const eventsPerRequestMax = 10;
const pauseMs = 5;
const againAfterMs = 100;

export function startLoad(ledger: Ledger, gateways: readonly Member[]): Load {
  let isFinishing = false;
  const running = Array.from({ length: clients }, async (_, client) => {
    while (!isFinishing) {
      await sendUntilAnswered(ledger.next(1 + (ledger.sent % eventsPerRequestMax)), client);
      await sleep(pauseMs);
    }
  });

  /** As an application does it that wants no event lost: to another gateway when one does not answer. */
  async function sendUntilAnswered(events: readonly LedgerEvent[], client: number): Promise<void> {
    for (let attempt = 0; ledger.areUnanswered(events); attempt += 1) {
      if (attempt > 0) await sleep(againAfterMs);
      if (attempt > 0) ledger.repeat(events);
      const gateway = gateways[(client + attempt) % gateways.length]?.process;
      if (gateway !== undefined) await sendOnce(gateway, ledger, events);
    }
  }

  return {
    finish: async () => {
      isFinishing = true;
      await Promise.all(running);
    },
  };
}
