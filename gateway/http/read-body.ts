// Reads a request's body by hand, which costs less than a body parser, within limits for one and for all.
import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import type { Settings } from '../../config/settings.ts';
import { ClientGone, Problem } from '../errors.ts';

/** A body that is too large is read on and thrown away up to here, as most clients only read the answer after sending. */
const discardBytesMax = 16 * 1024 * 1024;

/** Answers a function that reads a JSON body; all bodies being read or handled at one time share one allowance. */
export function bodyReader(settings: Pick<Settings, 'requestBytesMax' | 'ingestInFlightBytesMax'>) {
  let inFlightBytes = 0;

  /** The allowance is given back when `request` is answered or lost. */
  return async (request: IncomingMessage, answered: (then: () => void) => void): Promise<unknown> => {
    refuseOtherTypes(request);
    let takenBytes = 0;
    answered(() => (inFlightBytes -= takenBytes));
    return parseJson(
      await collect(request, settings.requestBytesMax, (bytes) => {
        takenBytes += bytes;
        inFlightBytes += bytes;
        if (inFlightBytes > settings.ingestInFlightBytesMax)
          throw new Problem(503, 'Too much is being written at the moment. Try again.', {
            headers: { 'retry-after': '1' },
          });
      }),
    );
  };
}

function refuseOtherTypes({ headers }: IncomingMessage): void {
  const type = headers['content-type'] ?? '';
  const encoding = headers['content-encoding'] ?? 'identity';
  // Asking for the type also keeps foreign web pages out: browsers ask first before they send JSON across origins.
  if (type !== 'application/json' && !/^application\/(?:[\w.+-]+\+)?json\s*(?:;\s*charset="?utf-8"?\s*)?$/i.test(type))
    throw new Problem(415, 'Send the body as JSON in UTF-8, with Content-Type: application/json.');
  if (encoding !== 'identity')
    throw new Problem(415, `Send the body without Content-Encoding: ${encoding.slice(0, 40)}.`, {
      headers: { 'accept-encoding': 'identity' },
    });
}

function collect(request: IncomingMessage, bytesMax: number, take: (bytes: number) => void): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    let refusal: Error | undefined;
    const refuse = (error: Error) => {
      refusal ??= error;
      chunks.length = 0;
    };
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > bytesMax) refuse(tooLarge(bytesMax));
      if (bytes > bytesMax + discardBytesMax) reject(tooLarge(bytesMax));
      if (refusal !== undefined) return;
      try {
        take(chunk.length);
        chunks.push(chunk);
      } catch (error) {
        refuse(error instanceof Error ? error : new Error(String(error)));
      }
    });
    request.on('end', () => (refusal === undefined ? resolve(joined(chunks)) : reject(refusal)));
    const gone = () => {
      // Every request closes: an error, with its stack, is made only for one that broke off.
      if (!request.readableEnded) reject(new ClientGone('the client went away'));
    };
    request.on('error', gone);
    request.on('close', gone);
  });
}

function joined(chunks: readonly Buffer[]): Buffer {
  return chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks);
}

export function tooLarge(bytesMax: number): Problem {
  return new Problem(413, `The body is larger than ${bytesMax} bytes. Send it in several requests.`, {
    headers: { connection: 'close' },
  });
}

const decoder = new TextDecoder();

function parseJson(bytes: Buffer): unknown {
  if (bytes.length === 0) throw new Problem(400, 'The body is empty. Send JSON.');
  if (!isUtf8(bytes)) throw new Problem(400, 'The body is not valid UTF-8.');
  try {
    // TextDecoder leaves out a byte order mark, which some editors put in front.
    return JSON.parse(decoder.decode(bytes)) as unknown;
  } catch {
    // The parser's own message quotes the body, which may hold personal data.
    throw new Problem(400, 'The body is not valid JSON.');
  }
}
