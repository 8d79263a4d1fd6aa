// Imports through a running server.
import type { ImportProgress } from '../schemas/types.ts';
import type { Clock } from '../streams/index.ts';
import { wasCommitted, type ImportChunk } from './chunk.ts';
import { ImportInterrupted, ImportRefused } from './errors.ts';
import { ProgressDiffers, type ImportTarget } from './target.ts';
import { encodeChunk, importProgress } from './wire.ts';

export interface HttpTargetOptions {
  /** Of the server: `http://127.0.0.1:8000`. */
  readonly url: string;
  /** An API key with the scope `admin`. */
  readonly key?: string;
  readonly clock: Clock;
  /** How long an unreachable or busy server is asked again. @default 60 s */
  readonly patienceMs?: number;
}

const PATIENCE_MS = 60_000;
const FIRST_WAIT_MS = 200;
const LONGEST_WAIT_MS = 5_000;
const ANSWER_WAIT_MS = 30_000;

interface Reply {
  readonly status: number;
  readonly body: unknown;
}

export class HttpTarget implements ImportTarget {
  readonly name: string;
  /** So that a body stays well below the server's limit of 2 MiB. */
  readonly chunkLinesMax = 1000;
  readonly chunkBytesMax = 256 * 1024;
  private readonly options: HttpTargetOptions;

  constructor(options: HttpTargetOptions) {
    this.name = options.url.replace(/\/+$/, '');
    this.options = options;
  }

  async progress(importId: string): Promise<ImportProgress | undefined> {
    const reply = await this.ask('GET', `/api/v1/imports/${importId}`);
    if (reply.status === 404) return undefined;
    if (reply.status !== 200) throw this.refusal(reply);
    return this.progressIn(reply);
  }

  async commit(chunk: ImportChunk, signal?: AbortSignal): Promise<ImportProgress> {
    const reply = await this.ask('POST', `/api/v1/imports/${chunk.importId}/chunks`, encodeChunk(chunk), signal);
    if (reply.status === 409) {
      const progress = this.progressIn(reply);
      if (wasCommitted(progress, chunk)) return progress;
      throw new ProgressDiffers(progress);
    }
    if (reply.status !== 200) throw this.refusal(reply);
    return this.progressIn(reply);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  /** Asks again while the server is away or busy: a chunk that arrives twice is committed once. */
  private async ask(method: string, path: string, body?: string, signal?: AbortSignal): Promise<Reply> {
    const { clock, patienceMs = PATIENCE_MS } = this.options;
    const untilMs = clock.nowMs() + patienceMs;
    for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(LONGEST_WAIT_MS, 2 * waitMs)) {
      const reply = await this.askOnce(method, path, body);
      if (typeof reply !== 'string' && reply.status !== 429 && reply.status < 500) return reply;
      const trouble = typeof reply === 'string' ? reply : `it answers ${reply.status}${detailOf(reply)}`;
      if (signal?.aborted || clock.nowMs() + waitMs > untilMs) {
        throw new ImportInterrupted(`${this.name} can't be used: ${trouble}. The same command goes on from here.`);
      }
      await clock.sleep(waitMs, signal);
    }
  }

  private async askOnce(method: string, path: string, body: string | undefined): Promise<Reply | string> {
    const headers: Record<string, string> = { accept: 'application/json' };
    if (body !== undefined) headers['content-type'] = 'application/json';
    if (this.options.key !== undefined) headers['authorization'] = `Bearer ${this.options.key}`;
    try {
      const signal = AbortSignal.timeout(ANSWER_WAIT_MS);
      const response = await fetch(this.name + path, { method, headers, signal, body: body ?? null });
      return { status: response.status, body: await jsonOf(response) };
    } catch (error) {
      return reasonOf(error);
    }
  }

  private progressIn({ status, body }: Reply): ImportProgress {
    const result = importProgress.safeParse(body);
    if (!result.success) throw new ImportRefused(`${this.name} answers ${status} with something else: is it Freshet?`);
    return result.data;
  }

  private refusal(reply: Reply): ImportRefused {
    const { status } = reply;
    if (status === 401 || status === 403) {
      return new ImportRefused(`${this.name} wants an API key with the scope admin: give it with --key.`);
    }
    if (status === 404) return new ImportRefused(`${this.name} knows no imports: is it a Freshet server?`);
    return new ImportRefused(`${this.name} refuses the import with ${status}${detailOf(reply)}`);
  }
}

async function jsonOf(response: Response): Promise<unknown> {
  const text = await response.text();
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // An answer of something in between; its status says enough.
  }
}

function detailOf({ body }: Reply): string {
  return typeof body === 'object' && body !== null && 'detail' in body ? `: ${String(body.detail)}` : '';
}

/** fetch says only "fetch failed"; the reason is its cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message || String(error.cause) : error.message;
}
