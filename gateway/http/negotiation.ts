// Whether a caller takes what is answered (RFC 9110, 12.5.1).
import type { IncomingMessage } from 'node:http';
import express, { type Request } from 'express';
import { Problem } from '../errors.ts';

/** Headers whose meaning is known already: most clients send one of a few. */
const known = new Map<string, Map<string, boolean>>();
const knownMax = 64;
const acceptCharactersMax = 256;

/** @throws Problem 406 */
export function mustAccept(request: IncomingMessage, contentType: string): void {
  const { accept } = request.headers;
  if (accept === undefined || accept === '*/*' || takes(request, accept, contentType)) return;
  throw new Problem(406, `What is here is ${mediaTypeOf(contentType)}: let Accept allow that, or leave it out.`);
}

function takes(request: IncomingMessage, accept: string, contentType: string): boolean {
  let ofType = known.get(contentType);
  if (ofType === undefined) known.set(contentType, (ofType = new Map()));
  const before = ofType.get(accept);
  if (before !== undefined) return before;
  // Express reads the header alone; the request need not have come through it.
  const result = express.request.accepts.call(request as Request, mediaTypeOf(contentType)) !== false;
  if (ofType.size < knownMax && accept.length <= acceptCharactersMax) ofType.set(accept, result);
  return result;
}

function mediaTypeOf(contentType: string): string {
  return contentType.split(';')[0] ?? contentType;
}
