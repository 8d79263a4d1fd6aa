// The machine that a figure belongs to.
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';
import { arch, platform, version } from 'node:process';

export interface Machine {
  readonly cores: number;
  readonly cpu: string;
  readonly memory_gib: number;
  readonly platform: string;
  readonly node: string;
  /** Over the last minute, before the bench began. */
  readonly load_average: number;
}

export function describeMachine(): Machine {
  return {
    cores: availableParallelism(),
    cpu: cpus()[0]?.model ?? 'unknown',
    memory_gib: Math.round(totalmem() / 2 ** 30),
    platform: `${platform}-${arch}`,
    node: version,
    load_average: Math.round((loadavg()[0] ?? 0) * 100) / 100,
  };
}
