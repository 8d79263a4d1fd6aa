// `freshet dead-letters show`: one of them, with its content.
import { z } from 'zod';
import { askServer, notFreshet } from '../ask-server.ts';
import { exitCodes, isJson, type Arguments } from '../command.ts';
import { plainText } from '../plain-text.ts';

const letter = z.record(z.string(), z.unknown());

export async function run(args: Arguments): Promise<number> {
  const [position = ''] = args.positionals;
  const { url, body } = await askServer(args, `/api/v1/dead-letters/${encodeURIComponent(position)}`);
  const result = letter.safeParse(body);
  if (!result.success) throw notFreshet(url);
  process.stdout.write(isJson(args) ? `${JSON.stringify(body)}\n` : shown(result.data));
  return exitCodes.done;
}

function shown(fields: Readonly<Record<string, unknown>>): string {
  const width = Math.max(...Object.keys(fields).map((name) => name.length));
  return Object.entries(fields)
    .map(
      ([name, value]) =>
        `${name.padEnd(width)}  ${plainText(typeof value === 'string' ? value : JSON.stringify(value))}\n`,
    )
    .join('');
}
