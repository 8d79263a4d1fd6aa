// Kafka Streams, built once by Maven from `bench/kafka-streams` and run as a program of its own.
import { spawnSync } from 'node:child_process';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { kept } from '../../test/servers/kept.ts';

export interface CountRun {
  readonly brokers: string;
  readonly input: string;
  readonly output: string;
  readonly events: number;
  readonly folder: string;
}

export interface CountFigures {
  readonly events_per_second: number;
  readonly seconds: number;
  readonly cpu_seconds: number;
}

const source = fileURLToPath(new URL('../kafka-streams', import.meta.url));
/** Kafka Streams' default. */
const cacheBytes = 10 * 2 ** 20;

/** @throws Error with what Maven or the program said. */
export async function countWithKafkaStreams({
  brokers,
  input,
  output,
  events,
  folder,
}: CountRun): Promise<CountFigures> {
  const built = await kept('kafka-streams-baseline-1', async (unfinished) => {
    cpSync(source, unfinished, { recursive: true });
    run('mvn', ['-q', '-B', '-f', unfinished, 'compile', 'dependency:copy-dependencies', '-DoutputDirectory=lib']);
  });
  const classes = `${join(built, 'target', 'classes')}:${join(built, 'lib', '*')}`;
  const flags = ['-Xmx1g', '-XX:+UseParallelGC', '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn', '-cp', classes];
  const args = [brokers, input, output, String(events), folder, String(cacheBytes)];
  const said = run('java', [...flags, 'freshet.bench.CountBaseline', ...args]);
  return JSON.parse(said.trimEnd().split('\n').at(-1) ?? '') as CountFigures;
}

function run(command: string, args: readonly string[]): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} failed: ${error?.message ?? ''}\n${stdout}${stderr}`);
  return stdout;
}
