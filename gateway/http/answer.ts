// What a handler answers, and how it goes out: one write with a known length, no ETag, nothing computed twice.
import type { ServerResponse } from 'node:http';
import { STATUS_CODES } from 'node:http';
import { isOutOfRoom, isUnavailable, Problem } from '../errors.ts';
import { WrittenTogether } from './written-together.ts';

export interface Answer {
  readonly status: number;
  readonly body: string;
  /** The body's bytes in UTF-8, each as one character: for a body that goes out more than once, see `encoded`. */
  readonly bytes?: string;
  readonly contentType: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export const problemType = 'application/problem+json; charset=utf-8';
export const jsonType = 'application/json; charset=utf-8';

/**
 * On every answer of the API. These are the protections that matter for data: it is kept nowhere, never taken for a page or a script,
 * and not to be embedded by others. The page has more of them, from helmet.
 */
export const fixedHeaders = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
} as const;

/** Of this thread. */
const together = new WrittenTogether(setImmediate);

const retryAfterSeconds = '1';
const outOfRoom = 'There is no room on the disk for new events; reads go on. Make room, then send it again.';

export function json(status: number, value: unknown, headers?: Answer['headers']): Answer {
  return jsonText(status, JSON.stringify(value), headers);
}

/** For a body that is JSON already. */
export function jsonText(status: number, body: string, headers?: Answer['headers']): Answer {
  return { status, body, contentType: jsonType, ...(headers && { headers }) };
}

/** To be sent again and again: Node writes such characters several times faster than text, which it would encode each time. */
export function encoded<A extends Answer>(answer: A): A {
  const { body } = answer;
  const bytes = Buffer.from(body);
  return { ...answer, bytes: bytes.length === body.length ? body : bytes.toString('latin1') };
}

/** The answer to whatever a handler threw. Nothing of an unexpected error goes out: it may hold what others may not see. */
export function problemAnswer(error: unknown, requestId: string): Answer {
  const problem = asProblem(error);
  const { errors, headers, members } = problem.options;
  const body = {
    type: 'about:blank',
    title: STATUS_CODES[problem.status] ?? 'Error',
    status: problem.status,
    detail: problem.message,
    ...(errors && { errors }),
    ...members,
    request_id: requestId,
  };
  return {
    status: problem.status,
    body: JSON.stringify(body),
    contentType: problemType,
    ...(headers && { headers }),
  };
}

/** `headers` are those that every answer to this caller has. */
export function send(
  response: ServerResponse,
  answer: Answer,
  requestId: string,
  headers?: Readonly<Record<string, string>>,
): void {
  if (response.headersSent || response.destroyed) return;
  const lines = headerLines(answer.headers, requestId, headers);
  // It has no body, and nothing may be said of one.
  if (answer.status === 304) return void response.writeHead(304, lines).end();
  const { body, bytes } = answer;
  const length = bytes === undefined ? Buffer.byteLength(body) : bytes.length;
  lines.push('content-type', answer.contentType, 'content-length', String(length));
  response.writeHead(answer.status, lines);
  // As many bytes as characters: it is ASCII, which needs no encoding either.
  if (bytes !== undefined || length === body.length) together.end(response, bytes ?? body);
  else response.end(body, 'utf8');
}

/** Names and values in turn: what Node writes as it stands, where it would first have to take an object apart. */
function headerLines(own: Answer['headers'], requestId: string, common: Answer['headers']): string[] {
  const lines = ['x-request-id', requestId];
  for (const name in fixedHeaders) {
    const value = fixedHeaders[name as keyof typeof fixedHeaders];
    if (own?.[name] === undefined) lines.push(name, value);
  }
  const bothVary = common?.['vary'] !== undefined && own?.['vary'] !== undefined;
  for (const name in common) {
    const value = common[name] ?? '';
    if (own?.[name] === undefined) lines.push(name, value);
    else if (bothVary && name === 'vary') lines.push(name, `${value}, ${own['vary']}`);
  }
  for (const name in own) if (!(bothVary && name === 'vary')) lines.push(name, own[name] ?? '');
  return lines;
}

function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (isUnavailable(error))
    return new Problem(
      503,
      isOutOfRoom(error) ? outOfRoom : 'What this request needs is away at the moment. Try again.',
      {
        headers: { 'retry-after': retryAfterSeconds },
      },
    );
  if (error instanceof URIError) return new Problem(400, 'The address holds a % that is not part of valid UTF-8.');
  return new Problem(500, 'Something went wrong here. The log has the details under this request_id.');
}
