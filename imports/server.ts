// The server's side of imports, for any HTTP framework to mount under `/api/v1/imports`.
import type { ImportProgress } from '../schemas/types.ts';
import { isStreamsError, type Clock } from '../streams/index.ts';
import { wasCommitted } from './chunk.ts';
import { readProgress, type LedgerLog } from './ledger.ts';
import { LogTarget } from './log-target.ts';
import { ProgressDiffers } from './target.ts';
import type { WrongField } from '../schemas/wrong-fields.ts';
import { decodeChunk } from './wire.ts';

export interface ImportAnswer {
  readonly status: 200 | 400 | 404 | 409 | 422 | 503;
  /** Progress with 200 and, as the real one, with 409; otherwise `{ detail }`, with 422 also each field that is wrong. */
  readonly body: ImportProgress | { readonly detail: string; readonly errors?: readonly WrongField[] };
}

export interface ImportServer {
  /** `GET /api/v1/imports/{import_id}` */
  progress(importId: string): Promise<ImportAnswer>;
  /** `POST /api/v1/imports/{import_id}/chunks` with the body as parsed JSON. */
  commitChunk(importId: string, body: unknown): Promise<ImportAnswer>;
  close(): Promise<void>;
}

export interface ImportServerOptions {
  readonly log: LedgerLog;
  /** Of the topics' names. */
  readonly prefix: string;
  readonly clock: Clock;
}

/** So many imports are kept open; the one that waited longest is closed for another. */
const OPEN_IMPORTS_MAX = 16;
/** A chunk waits so long for a log that can't take it; then the client is asked to come back. */
const COMMIT_WAIT_MS = 10_000;
export const importIds = /^[A-Za-z0-9_.-]{1,128}$/;

export function createImportServer(options: ImportServerOptions): ImportServer {
  return new Imports(options);
}

interface OpenImport {
  readonly target: LogTarget;
  /** Chunks of one import are committed one after the other. */
  turn: Promise<unknown>;
}

class Imports implements ImportServer {
  private readonly options: ImportServerOptions;
  /** Latest used last. */
  private readonly open = new Map<string, OpenImport>();

  constructor(options: ImportServerOptions) {
    this.options = options;
  }

  async progress(importId: string): Promise<ImportAnswer> {
    const progress = await readProgress(this.options.log, this.options.prefix, importId);
    if (progress === undefined) return { status: 404, body: { detail: `There is no import ${importId}.` } };
    return { status: 200, body: progress };
  }

  commitChunk(importId: string, body: unknown): Promise<ImportAnswer> {
    const entry = this.entryOf(importId);
    const answer = entry.turn.then(() => this.commit(entry.target, importId, body));
    entry.turn = answer.catch(() => {});
    return answer;
  }

  async close(): Promise<void> {
    const entries = [...this.open.values()];
    this.open.clear();
    await Promise.all(entries.map(closeInTurn));
  }

  private async commit(target: LogTarget, importId: string, body: unknown): Promise<ImportAnswer> {
    if (!importIds.test(importId)) {
      return {
        status: 400,
        body: { detail: 'An import id has up to 128 letters, digits, dots, hyphens and underscores.' },
      };
    }
    const chunk = decodeChunk(importId, body);
    if ('errors' in chunk)
      return { status: 422, body: { detail: 'It can’t be used as it is: see errors.', errors: chunk.errors } };
    try {
      return { status: 200, body: await target.commit(chunk, AbortSignal.timeout(COMMIT_WAIT_MS)) };
    } catch (error) {
      // Asked anew next time: somebody else may go on with this import, and an aborted commit may have happened.
      await target.close();
      if (error instanceof ProgressDiffers && wasCommitted(error.progress, chunk) && error.progress !== undefined) {
        return { status: 200, body: error.progress };
      }
      if (error instanceof ProgressDiffers || (isStreamsError(error) && error.kind === 'TaskFenced')) {
        return this.differing(importId);
      }
      if (!isTimeout(error)) throw error;
      return { status: 503, body: { detail: 'The log can’t take records at the moment.' } };
    }
  }

  private async differing(importId: string): Promise<ImportAnswer> {
    const { status, body } = await this.progress(importId);
    // An import that has not begun stands at line 0.
    return { status: 409, body: status === 200 ? body : beginning(importId) };
  }

  private entryOf(importId: string): OpenImport {
    const { log, prefix, clock } = this.options;
    const entry = this.open.get(importId) ?? {
      target: new LogTarget({ name: importId, log, prefix, clock }),
      turn: Promise.resolve(),
    };
    this.open.delete(importId);
    this.open.set(importId, entry);
    for (const [other, oldest] of this.open) {
      if (this.open.size <= OPEN_IMPORTS_MAX) break;
      this.open.delete(other);
      void closeInTurn(oldest);
    }
    return entry;
  }
}

function closeInTurn({ turn, target }: OpenImport): Promise<void> {
  return turn.then(() => target.close());
}

function beginning(importId: string): ImportProgress {
  return {
    import_id: importId,
    file: '',
    lines: 0,
    accepted: 0,
    rejected: 0,
    bytes: 0,
    finished: false,
    updated_at: 0,
  };
}

function isTimeout(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'TimeoutError';
}
