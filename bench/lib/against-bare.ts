// A running Freshet against the least that Node can do: both answer the same bodies from the same kind of store, in turns, so that
// whatever else the machine does troubles both.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { loadHttp, type HttpLoad } from './http-load.ts';
import { cpuSecondsOf } from './process-cost.ts';
import { quantiles, rounded } from './quantiles.ts';

const ROUNDS = 5;

export interface Server {
  readonly name: string;
  readonly pid: number;
  readonly port: number;
}

interface Slice {
  readonly perSecond: number;
  /** Of all the process's threads. */
  readonly cpuUs: number;
  readonly p50: number;
  readonly p99: number;
}

type Load = Omit<HttpLoad, 'port'>;

/** `seconds` are those of each server; the first turn of each is not counted. */
export async function compare(full: Server, bare: Server, load: Load) {
  const slices = new Map<Server, Slice[]>([
    [full, []],
    [bare, []],
  ]);
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const server of [full, bare]) {
      const slice = await measure(server, { ...load, seconds: load.seconds / ROUNDS });
      console.log(`${server.name}: ${slice.perSecond} a second, ${rounded(slice.cpuUs)} µs of CPU each`);
      if (round > 0) slices.get(server)?.push(slice);
    }
  }
  const [freshet, least] = [summary(slices.get(full) ?? []), summary(slices.get(bare) ?? [])];
  return {
    ratio: rounded(freshet.requests_per_second / least.requests_per_second),
    ratio_by_cpu: rounded(least.cpu_us_per_request / freshet.cpu_us_per_request),
    freshet,
    bare: least,
  };
}

export async function measure({ pid, port }: Server, load: Load): Promise<Slice> {
  const cpuBefore = cpuSecondsOf(pid) ?? Number.NaN;
  const { requests, requests_per_second: perSecond, ms } = await loadHttp({ ...load, port });
  const cpuSeconds = (cpuSecondsOf(pid) ?? Number.NaN) - cpuBefore;
  return { perSecond, cpuUs: (cpuSeconds * 1e6) / requests, p50: ms.p50, p99: ms.p99 };
}

/** Starts one of the programs beside this one, which prints its port. */
export async function startBare(program: string, args: readonly string[]): Promise<[Server, ChildProcess]> {
  const file = new URL(program, import.meta.url).pathname;
  const child = spawn(process.execPath, [file, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  process.once('exit', () => child.kill('SIGKILL'));
  const [port] = (await once(child.stdout, 'data')) as [Buffer];
  return [{ name: 'bare', pid: child.pid ?? 0, port: Number(port) }, child];
}

function summary(slices: readonly Slice[]) {
  const middle = (of: (slice: Slice) => number) => quantiles(slices.map(of)).p50;
  return {
    requests_per_second: middle(({ perSecond }) => perSecond),
    cpu_us_per_request: rounded(middle(({ cpuUs }) => cpuUs)),
    ms_p50: middle(({ p50 }) => p50),
    ms_p99: middle(({ p99 }) => p99),
  };
}
