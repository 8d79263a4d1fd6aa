// `freshet status`: how a running server is doing.
import { z } from 'zod';
import { readSettings } from '../../config/settings.ts';
import { exitCodes, type Arguments } from '../command.ts';
import { addressOf, keyOf, urlOption } from '../server-address.ts';

const ANSWER_WAIT_MS = 10_000;

/** What is shown; the server answers more. */
const status = z.object({
  ready: z.boolean(),
  uptime_seconds: z.number(),
  parts: z.array(z.object({ name: z.string(), ready: z.boolean(), detail: z.string().optional() })),
  records_processed: z.number(),
  freshness_ms: z.unknown(),
  lag_records: z.number(),
  counts: z.record(z.string(), z.unknown()).default({}),
  tasks: z
    .array(z.object({ stage: z.string(), partition: z.number(), state: z.string(), lag_records: z.number() }))
    .default([]),
});
type Status = z.output<typeof status>;

export async function run(args: Arguments): Promise<number> {
  const url = urlOption(args) ?? addressOf(readSettings().settings);
  const { key } = keyOf(args);
  const answer = await ask(url, key);
  if (typeof answer === 'string') return failed(args, answer);
  const result = status.safeParse(answer.body);
  if (!result.success) return failed(args, `${url} answers with something else: is it Freshet?`);
  process.stdout.write(args.values['json'] === true ? `${JSON.stringify(answer.body)}\n` : shown(url, result.data));
  return result.data.ready ? exitCodes.done : exitCodes.failed;
}

/** The answer, or what is in the way of one. */
async function ask(url: string, key: string | undefined): Promise<{ body: unknown } | string> {
  try {
    const headers = key === undefined ? {} : { authorization: `Bearer ${key}` };
    const response = await fetch(`${url}/api/v1/status`, { headers, signal: AbortSignal.timeout(ANSWER_WAIT_MS) });
    if (response.status === 401 || response.status === 403)
      return `${url} wants an API key with the scope admin: give it with --key.`;
    if (!response.ok) return `${url} answers ${response.status}.`;
    return { body: await response.json() };
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    return `${url} does not answer: ${cause instanceof Error ? cause.message : String(cause)}. Is it running (freshet start)?`;
  }
}

function failed(args: Arguments, message: string): number {
  if (args.values['json'] === true) process.stdout.write(`${JSON.stringify({ ready: false, error: message })}\n`);
  else process.stderr.write(`${message}\n`);
  return exitCodes.failed;
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

function freshness(value: unknown): string[] {
  if (value === null || value === undefined) return [];
  return [`  freshness in ms    ${valueText(value)}`];
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
