// `freshet dead-letters list`: what could not be used, newest first.
import { z } from 'zod';
import { askServer, notFreshet } from '../ask-server.ts';
import { countOption, exitCodes, isJson, Misused, textOption, type Arguments } from '../command.ts';
import { plainText } from '../plain-text.ts';

const SHOWN_DEFAULT = 20;
const SHOWN_MAX = 100;

const page = z.object({
  dead_letters: z.array(
    z.object({
      position: z.string(),
      timestamp: z.string(),
      source: z.object({ topic: z.string(), partition: z.number(), offset: z.number() }),
      key: z.string().nullable(),
      stage: z.string(),
      reason: z.string(),
      message: z.string(),
    }),
  ),
  next: z.string().nullable(),
});
type Page = z.output<typeof page>;

export async function run(args: Arguments): Promise<number> {
  const limit = countOption(args, 'limit', 1) ?? SHOWN_DEFAULT;
  if (limit > SHOWN_MAX) throw new Misused(`--limit is at most ${SHOWN_MAX}: go on with --before`);
  const query = new URLSearchParams({ limit: String(limit) });
  const before = textOption(args, 'before');
  if (before !== undefined) query.set('before', before);
  const { url, body } = await askServer(args, `/api/v1/dead-letters?${query.toString()}`);
  const result = page.safeParse(body);
  if (!result.success) throw notFreshet(url);
  process.stdout.write(isJson(args) ? `${JSON.stringify(body)}\n` : shown(result.data));
  return exitCodes.done;
}

function shown({ dead_letters: letters, next }: Page): string {
  if (letters.length === 0) return 'There are no dead letters.\n';
  const width = Math.max(...letters.map(({ position }) => position.length));
  const lines = letters.flatMap(({ position, timestamp, source, key, stage, reason, message }) => [
    `${position.padEnd(width)}  ${timestamp}  ${reason}`,
    `${' '.repeat(width)}  ${source.topic}/${source.partition}:${source.offset} of ${plainText(key ?? 'nobody')}, refused by ${stage}`,
    `${' '.repeat(width)}  ${plainText(message)}`,
  ]);
  const more = next === null ? '' : `\nOlder ones: freshet dead-letters list --before ${next}\n`;
  return `${lines.join('\n')}\n${more}`;
}
