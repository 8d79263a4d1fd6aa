// Lets a client that has an answer already ask whether it is still the same.
import { hash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Answer } from './answer.ts';

export interface TaggedAnswer extends Answer {
  readonly headers: { readonly etag: string } & Readonly<Record<string, string>>;
}

/** For the document. */
export const etagHeaders = {
  ETag: { description: 'Send it as `If-None-Match` the next time.', required: true, schema: { type: 'string' } },
  'Cache-Control': {
    description: '`private, no-cache`: for this client alone, and to be asked for again.',
    required: true,
    schema: { type: 'string' },
  },
} as const;

export const notModified = { description: 'Still as named in `If-None-Match`.', headers: etagHeaders } as const;

/** The answer with its ETag. It may be kept by this client only. */
export function withEtag(answer: Answer): TaggedAnswer {
  const etag = `"${hash('sha1', answer.body, 'base64url')}"`;
  return { ...answer, headers: { ...answer.headers, etag, 'cache-control': 'private, no-cache' } };
}

/** The answer, or 304 when it is what the client has. */
export function unlessKnown(answer: TaggedAnswer, { headers: { 'if-none-match': given } }: IncomingMessage): Answer {
  const { etag } = answer.headers;
  const isSame = given !== undefined && (given === etag || given.trim() === '*' || namesOf(given).includes(etag));
  return isSame ? { ...answer, status: 304, body: '' } : answer;
}

/** Proxies mark a tag as weak when they compress the answer: for this comparison that makes no difference. */
function namesOf(given: string): string[] {
  return given.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
}
