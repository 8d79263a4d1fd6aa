// A thread that reads the keys each time that it is told how far the store is, and answers what it has read.
import { parentPort, workerData } from 'node:worker_threads';
import { EmbeddedServingReader, type SharedServing } from '../embedded-reader.ts';
import type { StageOffset } from '../serving-store.ts';

export interface Answer {
  readonly progress: number;
  readonly values: readonly (string | undefined)[];
  /** The same, read as a gateway does, which says what it knows. */
  readonly again: readonly (string | undefined)[];
}

const { shared, keys } = workerData as { shared: SharedServing; keys: readonly string[] };
let known: readonly (Buffer | null)[] = [];
let reader: EmbeddedServingReader | undefined;

parentPort?.on('message', (message: readonly StageOffset[] | 'close') => {
  if (message === 'close') return void reader?.close().then(() => parentPort?.close());
  reader ??= new EmbeddedServingReader(shared);
  reader.advance(message);
  const asked = keys.map((key, index) => ({ collection: 'profiles', key, known: known[index] ?? null }));
  known = reader.getMany(asked);
  const again = known.map((value) => value?.toString());
  const values = reader.getMany(keys.map((key) => ({ collection: 'profiles', key }))).map((value) => value?.toString());
  const answer: Answer = { progress: message[0]?.offset ?? 0, values, again };
  parentPort?.postMessage(answer);
});
