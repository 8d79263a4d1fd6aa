// A thread that reads the keys each time that it is told how far the store is, and answers what it has read.
import { parentPort, workerData } from 'node:worker_threads';
import { EmbeddedServingReader } from '../embedded-reader.ts';
import type { StageOffset } from '../serving-store.ts';

export interface Answer {
  readonly progress: number;
  readonly values: readonly (string | undefined)[];
}

const { folder, keys } = workerData as { folder: string; keys: readonly string[] };
let reader: EmbeddedServingReader | undefined;

parentPort?.on('message', (message: readonly StageOffset[] | 'close') => {
  if (message === 'close') return void reader?.close().then(() => parentPort?.close());
  reader ??= new EmbeddedServingReader(folder);
  reader.advance(message);
  const values = reader.getMany(keys.map((key) => ({ collection: 'profiles', key }))).map((value) => value?.toString());
  const answer: Answer = { progress: message[0]?.offset ?? 0, values };
  parentPort?.postMessage(answer);
});
