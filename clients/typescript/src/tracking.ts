// What is said of tracked events: how they are kept and sent, and what could not be delivered.
import type { Interaction, Wrong } from './api-types.ts';
import type { EventStorage } from './event-storage.ts';

export interface TrackingOptions {
  /** Called for each event that did not arrive, so that nothing is lost in silence. @default a warning on the console */
  readonly onUndelivered?: (undelivered: Undelivered) => void;
  /** Events wait at most so long for others to go with. @default 2_000 */
  readonly flushAfterMs?: number;
  /** Events of one request. The server knows a customer's latest 128 by their ids, so more could count twice. @default 50 */
  readonly batchEventsMax?: number;
  /** Bytes of one request. Browsers let a hidden page send 64 KiB in all. @default 30_000 */
  readonly batchBytesMax?: number;
  /** Events that are kept while they can't be sent. @default 10_000 */
  readonly queueEventsMax?: number;
  /** The same in bytes. @default 4_000_000 */
  readonly queueBytesMax?: number;
  /** Keeps events until they have arrived, so that a closed tab or a crash loses none. @default in memory only */
  readonly storage?: EventStorage | null;
}

export const trackingDefaults = {
  flushAfterMs: 2_000,
  batchEventsMax: 50,
  batchBytesMax: 30_000,
  queueEventsMax: 10_000,
  queueBytesMax: 4_000_000,
  storage: null,
};

export interface Undelivered {
  /** With its `interaction_id` and `timestamp`: tracked again, it counts once. */
  readonly event: Interaction;
  /**
   * `rejected`: the server can't use it, see `errors`. `refused`: the request was, see `error`. `queue_full`: too many were waiting.
   * `closed`: the client was closed before it arrived; it may have.
   */
  readonly reason: 'rejected' | 'refused' | 'queue_full' | 'closed';
  /** Pointers lead into the event. */
  readonly errors: readonly Wrong[];
  readonly error: Error | null;
}

/** What becomes of undelivered events when nobody asked for them. Says nothing personal. */
export function warnOfUndelivered({ reason, errors, error }: Undelivered): void {
  const why = errors.map(({ pointer = '', detail }) => `${pointer} ${detail}`).join(' ') || (error?.message ?? '');
  // oxlint-disable-next-line no-console
  console.warn(`Freshet: an event was not delivered (${reason}). ${why}`);
}
