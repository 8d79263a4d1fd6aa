// How much memory processes have of their own, over time: without the pages of files that they share with the system's cache.
import { ownMibOf } from '../lib/process-cost.ts';

const SAMPLE_EVERY_MS = 1_000;

export interface MemoryOf {
  readonly name: string;
  /** Medians in MiB of the four quarters of the time watched. */
  readonly quarters: readonly number[];
  /** The last quarter's against the second's, by which everything is warm; as a share. */
  readonly growth: number;
}

/** Watches until the answered function is called. */
export function watchMemory(pids: Readonly<Record<string, number>>): () => MemoryOf[] {
  const samples = new Map(Object.keys(pids).map((name) => [name, [] as number[]]));
  const timer = setInterval(() => {
    for (const [name, pid] of Object.entries(pids)) {
      const own = ownMibOf(pid);
      if (own !== null) samples.get(name)?.push(own);
    }
  }, SAMPLE_EVERY_MS);
  return () => {
    clearInterval(timer);
    return [...samples].map(([name, values]) => {
      const quarters = [0, 1, 2, 3].map((quarter) => {
        const part = values.slice((values.length * quarter) / 4, (values.length * (quarter + 1)) / 4);
        return part.toSorted((one, other) => one - other)[Math.floor(part.length / 2)] ?? 0;
      });
      const [, second = 0, , last = 0] = quarters;
      return { name, quarters, growth: second === 0 ? 0 : last / second - 1 };
    });
  };
}
