// Asks a running server something.
import { readSettings } from '../config/settings.ts';
import { ServerAway, ServerRefused, type Arguments } from './command.ts';
import { addressOf, keyOf, urlOption } from './server-address.ts';

const ANSWER_WAIT_MS = 10_000;

export interface ServerAnswer {
  /** The server's address, for people. */
  readonly url: string;
  readonly body: unknown;
}

/**
 * What the server answers to GET.
 *
 * @throws ServerAway    when nothing answers there.
 * @throws ServerRefused when it is another answer than 200, with what it says.
 */
export async function askServer(args: Arguments, path: string): Promise<ServerAnswer> {
  const url = urlOption(args) ?? addressOf(readSettings().settings);
  const { key } = keyOf(args);
  const response = await fetch(`${url}${path}`, {
    headers: key === undefined ? {} : { authorization: `Bearer ${key}` },
    signal: AbortSignal.timeout(ANSWER_WAIT_MS),
  }).catch((error: unknown) => {
    throw new ServerAway(`${url} does not answer: ${reasonOf(error)}. Is it running (freshet start)?`);
  });
  if (response.status === 401 || response.status === 403)
    throw new ServerRefused(`${url} wants an API key with the scope admin: give it with --key or --key-file.`);
  const body: unknown = await response.json().catch(() => undefined);
  if (!response.ok) throw new ServerRefused(`${url} answers ${response.status}${detailOf(body)}`);
  return { url, body };
}

/** For an answer that is not what such a server gives. */
export function notFreshet(url: string): ServerRefused {
  return new ServerRefused(`${url} answers with something else: is it Freshet?`);
}

function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error ? cause.message : String(cause);
}

function detailOf(body: unknown): string {
  if (typeof body !== 'object' || body === null || !('detail' in body)) return '.';
  return `: ${String(body.detail)}`;
}
