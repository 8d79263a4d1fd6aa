// How log lines are written: JSON, and nothing of a person or a secret in them, whatever is handed in.
import { pino, type DestinationStream, type Logger } from 'pino';
import type { Settings } from './settings.ts';

/** Fields that no line needs. No code logs them; this is for the day when some does. */
const neverShown = [
  'key',
  'secret',
  'authorization',
  'cookie',
  'headers',
  'body',
  'url',
  'query',
  'customer_id',
  'anonymous_id',
  'session_id',
];

/** An error may lead on to others; a chain longer than this says nothing new. */
const causesMax = 5;

export function openLogger({ logLevel }: Pick<Settings, 'logLevel'>, destination: DestinationStream): Logger {
  const paths = neverShown.flatMap((name) => [name, `*.${name}`]);
  return pino(
    {
      level: logLevel,
      redact: { paths, censor: '[left out]' },
      serializers: { err: shownError, error: shownError },
    },
    destination,
  );
}

/** What an error is and where it happened, but none of its further fields, which may hold what it failed on. */
function shownError(error: unknown, depth = 0): object {
  if (!(error instanceof Error)) return { type: typeof error };
  const { name, message, stack, cause } = error;
  return {
    type: name,
    ...('kind' in error && typeof error.kind === 'string' && { kind: error.kind }),
    ...('code' in error && typeof error.code === 'string' && { code: error.code }),
    message,
    stack,
    ...(cause !== undefined && depth < causesMax && { cause: shownError(cause, depth + 1) }),
  };
}
