// `freshet status`: how a running server is doing.
import { z } from 'zod';
import { askServer, notFreshet } from '../ask-server.ts';
import { exitCodes, isJson, type Arguments } from '../command.ts';

/** What is shown; the server answers more. */
const status = z.object({
  ready: z.boolean(),
  uptime_seconds: z.number(),
  parts: z.array(z.object({ name: z.string(), ready: z.boolean(), detail: z.string().optional() })),
  records_processed: z.number(),
  freshness_ms: z.object({ p50: z.number(), p99: z.number() }).nullish(),
  lag_records: z.number(),
  counts: z.record(z.string(), z.unknown()).default({}),
  tasks: z
    .array(z.object({ stage: z.string(), partition: z.number(), state: z.string(), lag_records: z.number() }))
    .default([]),
});
type Status = z.output<typeof status>;

export async function run(args: Arguments): Promise<number> {
  const { url, body } = await askServer(args, '/api/v1/status');
  const result = status.safeParse(body);
  if (!result.success) throw notFreshet(url);
  process.stdout.write(isJson(args) ? `${JSON.stringify(body)}\n` : shown(url, result.data));
  return result.data.ready ? exitCodes.done : exitCodes.failed;
}

function shown(url: string, state: Status): string {
  const lines = [
    `${url} is ${state.ready ? 'ready' : 'not ready'}, up for ${duration(state.uptime_seconds)}`,
    ...state.parts
      .filter(({ ready }) => !ready)
      .map(({ name, detail }) => `  waiting for ${name}${detail ? `: ${detail}` : ''}`),
    '',
    `  records processed  ${state.records_processed.toLocaleString('en')}`,
    `  records waiting    ${state.lag_records.toLocaleString('en')}`,
    ...Object.entries(state.counts).map(
      ([name, count]) => `  ${name.replaceAll('_', ' ').padEnd(17)}  ${valueText(count)}`,
    ),
    ...freshness(state.freshness_ms),
    '',
    ...byStage(state.tasks),
  ];
  return `${lines.join('\n')}\n`;
}

function freshness(measured: Status['freshness_ms']): string[] {
  if (measured === null || measured === undefined) return [];
  const [p50, p99] = [measured.p50, measured.p99].map((ms) => Math.round(ms).toLocaleString('en'));
  return [`  freshness          half within ${p50} ms, 99 % within ${p99} ms`];
}

function byStage(tasks: Status['tasks']): string[] {
  const stages = Map.groupBy(tasks, ({ stage }) => stage);
  return [...stages].map(([stage, own]) => {
    const states = Map.groupBy(own, ({ state }) => state);
    const counted = [...states].map(([state, each]) => `${each.length} ${state}`).join(', ');
    const lag = own.reduce((sum, { lag_records: records }) => sum + records, 0);
    return `  stage ${stage.padEnd(11)}  ${counted}; ${lag.toLocaleString('en')} waiting`;
  });
}

function valueText(value: unknown): string {
  if (typeof value === 'number') return value.toLocaleString('en');
  if (typeof value !== 'object' || value === null) return String(value);
  return Object.entries(value)
    .map(([name, each]) => `${name} ${valueText(each)}`)
    .join(', ');
}

function duration(seconds: number): string {
  const parts = [
    Math.floor(seconds / 86_400),
    Math.floor(seconds / 3600) % 24,
    Math.floor(seconds / 60) % 60,
    seconds % 60,
  ];
  const first = parts.findIndex((part) => part > 0);
  const units = ['d', 'h', 'min', 's'];
  if (first < 0) return '0 s';
  return parts
    .map((part, index) => `${Math.floor(part)} ${units[index] ?? ''}`)
    .slice(first, first + 2)
    .join(' ');
}
