// Answers what is no request: bytes that are not HTTP, headers that are too long, requests that never end. Node knows of no
// response at this point, so the answer is written to the socket itself.
import { STATUS_CODES, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { Problem } from '../errors.ts';
import type { HttpMetrics } from '../metrics.ts';
import { fixedHeaders, problemAnswer } from './answer.ts';
import { nextRequestId } from './request-id.ts';

type ParserError = Error & { readonly code?: string; readonly reason?: string };

/** How long a client may take to read why it is being cut off. */
const lingerMs = 1000;

export function answerSocketErrors(
  server: Server,
  unanswered: () => readonly ServerResponse[],
  headerBytesMax: number,
  metrics: Pick<HttpMetrics, 'refused'>,
): void {
  const refused = new WeakSet<Socket>();
  server.on('clientError', (error: ParserError, stream) => {
    const socket = stream as Socket; // We listen on TCP.
    if (refused.has(socket)) return; // The parser complains about every further byte.
    if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
    refused.add(socket);
    const { problem, reason } = refusalOf(error, headerBytesMax);
    metrics.refused(reason);
    // Whoever pipelines gets the answers to the whole requests before this one.
    const before = unanswered().findLast((response) => response.req.socket === socket && response.req.complete);
    if (before === undefined) sayGoodbye(socket, problem);
    else before.once('finish', () => sayGoodbye(socket, problem));
  });
}

function refusalOf(error: ParserError, headerBytesMax: number): { problem: Problem; reason: string } {
  if (error.code === 'HPE_HEADER_OVERFLOW')
    return {
      problem: new Problem(431, `The headers have more than ${headerBytesMax} bytes. Send fewer or shorter ones.`),
      reason: 'headers_too_large',
    };
  if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT')
    return { problem: new Problem(408, 'The request did not arrive as a whole in time.'), reason: 'too_slow' };
  // The parser's reason names the rule that was broken and quotes nothing.
  const why = error.reason === undefined ? '' : `: ${error.reason}`;
  return { problem: new Problem(400, `This is not HTTP as it should be${why}.`), reason: 'malformed' };
}

function sayGoodbye(socket: Socket, problem: Problem): void {
  if (!socket.writable) return void socket.destroy();
  const requestId = nextRequestId();
  const { status, contentType, body } = problemAnswer(problem, requestId);
  const headers = {
    'content-type': contentType,
    'content-length': String(Buffer.byteLength(body)),
    ...fixedHeaders,
    'x-request-id': requestId,
    connection: 'close',
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${lines.join('')}\r\n${body}`);
  // Closed at once, what the client has sent beyond would reset the connection and take the answer along.
  setTimeout(() => socket.destroy(), lingerMs).unref();
}
