// Cuts a file's bytes into records: lines, or several lines where a quoted field contains line breaks. Knows exactly where
// each record ends, so that reading can go on there, and keeps no more than one record and one piece of the file.

export interface RawRecord {
  /** Without its line break. Empty for blank lines. */
  readonly text: string;
  /** Set when the record can't be read; then `text` is what can be shown of it: nothing of a line that is too long. */
  readonly problem?: string;
  /** Its first line, from 1. */
  readonly line: number;
  /** Lines and bytes of the file up to its end. */
  readonly linesEnd: number;
  readonly bytesEnd: number;
}

export interface SplitOptions {
  /** Set where fields may be quoted; a quote counts only at the start of a field. */
  readonly quotedAfter?: string;
  readonly encoding: 'utf-8' | 'latin1';
  /** @default 1 MiB */
  readonly recordBytesMax?: number;
  /** Where reading starts. @default the start of the file */
  readonly from?: { readonly lines: number; readonly bytes: number };
}

const RECORD_BYTES_MAX = 1024 * 1024;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const QUOTE = 0x22;
const BYTE_ORDER_MARK = Buffer.of(0xef, 0xbb, 0xbf);
const NOTHING = Buffer.alloc(0);

export class RecordSplitter {
  private rest: Buffer = NOTHING;
  private lines: number;
  private bytes: number;
  /** Inside a line that is too long: drop everything up to its end. */
  private skipping = false;
  private readonly delimiter: number;
  private readonly quotes: boolean;
  private readonly decode: (bytes: Buffer) => string | undefined;
  private readonly recordBytesMax: number;

  constructor(options: SplitOptions) {
    this.lines = options.from?.lines ?? 0;
    this.bytes = options.from?.bytes ?? 0;
    this.quotes = options.quotedAfter !== undefined;
    this.delimiter = options.quotedAfter?.charCodeAt(0) ?? 0;
    this.decode = options.encoding === 'latin1' ? (bytes) => bytes.toString('latin1') : decodeUtf8;
    this.recordBytesMax = options.recordBytesMax ?? RECORD_BYTES_MAX;
  }

  /** The records that are complete with this piece of the file. */
  *push(piece: Buffer): Generator<RawRecord, void, void> {
    yield* this.cut(this.rest.length === 0 ? piece : Buffer.concat([this.rest, piece]), false);
  }

  /** What is left when the file has ended. */
  *end(): Generator<RawRecord, void, void> {
    if (this.rest.length === 0 && !this.skipping) return;
    // The last line of a file may lack its line break: it gets one, which is not counted.
    const lacking = this.rest.at(-1) !== LINE_FEED;
    const bytes = this.bytes + this.rest.length;
    const whole = lacking ? Buffer.concat([this.rest, Buffer.of(LINE_FEED)]) : this.rest;
    for (const record of this.cut(whole, true)) yield { ...record, bytesEnd: Math.min(record.bytesEnd, bytes) };
  }

  private *cut(buffer: Buffer, isLast: boolean): Generator<RawRecord, void, void> {
    let at = this.bytes === 0 ? this.passMark(buffer) : 0;
    let nextQuote = this.quotes ? buffer.indexOf(QUOTE, at) : -1;
    while (at < buffer.length) {
      const lineEnd = buffer.indexOf(LINE_FEED, at) + 1;
      if (lineEnd === 0) break;
      if (nextQuote >= 0 && nextQuote < at) nextQuote = buffer.indexOf(QUOTE, at);
      const quoted = !this.skipping && nextQuote >= 0 && nextQuote < lineEnd;
      const end = quoted ? recordEnd(buffer, at, this.delimiter) : lineEnd;
      if (end !== undefined) {
        yield this.record(buffer, at, end, end === lineEnd ? 1 : lineBreaks(buffer, at, end));
        at = end;
      } else if (isLast || buffer.length - at > this.recordBytesMax) {
        yield this.openQuote(buffer, at, lineEnd);
        at = lineEnd;
      } else {
        break; // The quote may close in the next piece.
      }
    }
    this.keep(buffer, at);
  }

  /** Where the text begins: after the byte order mark that some programs write. */
  private passMark(buffer: Buffer): number {
    const length = buffer.subarray(0, BYTE_ORDER_MARK.length).equals(BYTE_ORDER_MARK) ? BYTE_ORDER_MARK.length : 0;
    this.bytes += length;
    return length;
  }

  private record(buffer: Buffer, at: number, end: number, lineCount: number): RawRecord {
    const line = this.lines + 1;
    const isOversized = this.skipping || end - at > this.recordBytesMax;
    this.skipping = false;
    this.bytes += end - at;
    this.lines += lineCount;
    const where = { line, linesEnd: this.lines, bytesEnd: this.bytes };
    if (isOversized) return { ...where, text: '', problem: `longer than ${this.recordBytesMax} bytes` };
    const text = this.decode(buffer.subarray(at, end - lineBreakLength(buffer, at, end)));
    return text === undefined ? { ...where, ...notUtf8(buffer.subarray(at, end)) } : { ...where, text };
  }

  private openQuote(buffer: Buffer, at: number, end: number): RawRecord {
    const { text, problem, ...where } = this.record(buffer, at, end, 1);
    return { ...where, text, problem: problem ?? 'a quote is opened and never closed' };
  }

  private keep(buffer: Buffer, at: number): void {
    const rest = buffer.subarray(at);
    if (!this.skipping && rest.length <= this.recordBytesMax) {
      this.rest = rest;
      return;
    }
    // Without a line break within the limit: count the bytes, forget them.
    this.skipping = true;
    this.bytes += rest.length;
    this.rest = NOTHING;
  }
}

/** Where the record ends that starts at `at`; undefined when the buffer ends before it. */
function recordEnd(buffer: Buffer, at: number, delimiter: number): number | undefined {
  let quoted = buffer[at] === QUOTE;
  for (let place = quoted ? at + 1 : at; place < buffer.length; place += 1) {
    if (quoted) {
      place = buffer.indexOf(QUOTE, place);
      if (place < 0) return undefined;
      if (buffer[place + 1] === QUOTE) place += 1;
      else quoted = false;
    } else if (buffer[place] === LINE_FEED) {
      return place + 1;
    } else if (buffer[place] === delimiter && buffer[place + 1] === QUOTE) {
      quoted = true;
      place += 1;
    }
  }
  return undefined;
}

function lineBreaks(buffer: Buffer, at: number, end: number): number {
  let count = 0;
  for (
    let place = buffer.indexOf(LINE_FEED, at);
    place >= 0 && place < end;
    place = buffer.indexOf(LINE_FEED, place + 1)
  ) {
    count += 1;
  }
  return count;
}

function lineBreakLength(buffer: Buffer, at: number, end: number): number {
  return end - 2 >= at && buffer[end - 2] === CARRIAGE_RETURN ? 2 : 1;
}

/** What can be shown of bytes that are none, without their line break. */
function notUtf8(bytes: Buffer): { text: string; problem: string } {
  return { text: bytes.toString('utf8').replace(/\r?\n$/, ''), problem: 'no valid UTF-8; is the encoding latin1?' };
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function decodeUtf8(bytes: Buffer): string | undefined {
  const text = bytes.toString('utf8');
  if (!text.includes('\uFFFD')) return text;
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined; // Not UTF-8; a file may also contain U+FFFD itself, which decodes.
  }
}
