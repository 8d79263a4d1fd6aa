// GET requests over connections that stay open, made as cheap as they can be for the side that asks: it shares the machine with
// the side that answers.
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { quantiles, type Quantiles } from './quantiles.ts';

export interface HttpLoad {
  readonly port: number;
  /** Asked for in turn. */
  readonly paths: readonly string[];
  readonly seconds: number;
  readonly connections: number;
  /** As many as are answered when left out. */
  readonly perSecond?: number;
}

export interface HttpLoadFigures {
  readonly requests: number;
  readonly requests_per_second: number;
  /** With a rate: from when the request was due. */
  readonly ms: Quantiles;
}

/** @throws Error at an answer other than 200. */
export async function loadHttp(load: HttpLoad): Promise<HttpLoadFigures> {
  const { seconds, connections } = load;
  const startMs = performance.now();
  const took = await Promise.all(Array.from({ length: connections }, (_, number) => askInTurn(load, number, startMs)));
  const ms = took.flat();
  return { requests: ms.length, requests_per_second: Math.round(ms.length / seconds), ms: quantiles(ms) };
}

async function askInTurn(load: HttpLoad, number: number, startMs: number): Promise<number[]> {
  const { port, paths, seconds, connections, perSecond } = load;
  const everyMs = perSecond === undefined ? 0 : (1000 * connections) / perSecond;
  const connection = new Connection(port);
  const took: number[] = [];
  let dueMs = startMs + (everyMs * number) / connections;
  for (let at = number; dueMs < startMs + seconds * 1000; at += connections) {
    while (everyMs > 0 && performance.now() < dueMs) await sleep(1);
    const fromMs = everyMs > 0 ? dueMs : performance.now();
    await connection.get(paths[at % paths.length] ?? '/');
    const nowMs = performance.now();
    took.push(nowMs - fromMs);
    dueMs = everyMs > 0 ? dueMs + everyMs : nowMs;
  }
  connection.end();
  return took;
}

/** One request at a time; understands no more of HTTP than what both sides of a comparison answer. */
class Connection {
  readonly #socket: Socket;
  #answered: () => void = () => {};
  #failed: (error: Error) => void = () => {};
  #missingBytes = 0;

  constructor(port: number) {
    this.#socket = connect({ host: '127.0.0.1', port, noDelay: true });
    this.#socket.on('data', (chunk) => this.#take(chunk));
    this.#socket.on('error', (error) => this.#failed(error));
  }

  get(path: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#answered = resolve;
      this.#failed = reject;
      this.#socket.write(`GET ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n`, 'latin1');
    });
  }

  end(): void {
    this.#socket.destroy();
  }

  #take(chunk: Buffer): void {
    const isFirst = this.#missingBytes === 0;
    this.#missingBytes = (isFirst ? answerBytes(chunk) : this.#missingBytes) - chunk.length;
    if (this.#missingBytes === 0) this.#answered();
  }
}

/** The head always comes in one piece. */
function answerBytes(chunk: Buffer): number {
  const headBytes = chunk.indexOf('\r\n\r\n') + 4;
  const head = chunk.toString('latin1', 0, headBytes);
  const bodyBytes = /\r\ncontent-length: (\d+)/i.exec(head)?.[1];
  if (!head.startsWith('HTTP/1.1 200') || bodyBytes === undefined) throw new Error(`not what was asked for: ${head}`);
  return headBytes + Number(bodyBytes);
}
