// The id under which an answer and its line in the log output are found together.
import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

const processId = randomBytes(6).toString('base64url');
let requests = 0;

/** The caller's own id when it is harmless in a log line; otherwise one that is unique without asking for randomness each time. */
export function requestIdOf({ headers }: IncomingMessage): string {
  const given = headers['x-request-id'];
  return typeof given === 'string' && /^[\w.:-]{1,64}$/.test(given) ? given : nextRequestId();
}

/** For what is answered without a request that could be read. */
export function nextRequestId(): string {
  requests += 1;
  return `${processId}-${requests.toString(36)}`;
}
