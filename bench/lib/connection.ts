// HTTP made as cheap as it can be for the side that asks, as it shares the machine with the side that answers: it understands no
// more than what Freshet and the bare server of the comparison answer.
import { connect, type Socket } from 'node:net';

export interface Reply {
  readonly status: number;
  readonly text: () => string;
}

/** One request at a time. */
export class Connection {
  readonly #socket: Socket;
  readonly #headers: string;
  #answered: (reply: Reply) => void = () => {};
  #failed: (error: Error) => void = () => {};
  #chunks: Buffer[] = [];
  #headBytes = 0;
  #missingBytes = 0;

  constructor(port: number, key?: string) {
    this.#headers = `host: 127.0.0.1\r\n${key === undefined ? '' : `x-api-key: ${key}\r\n`}`;
    this.#socket = connect({ host: '127.0.0.1', port, noDelay: true });
    this.#socket.on('data', (chunk) => this.#take(chunk));
    this.#socket.on('error', (error) => this.#failed(error));
  }

  get(path: string): Promise<Reply> {
    return this.#ask(`GET ${path} HTTP/1.1\r\n${this.#headers}\r\n`);
  }

  /** `text`: JSON. */
  post(path: string, text: string): Promise<Reply> {
    const head = `POST ${path} HTTP/1.1\r\n${this.#headers}content-type: application/json\r\n`;
    return this.#ask(`${head}content-length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
  }

  end(): void {
    this.#socket.destroy();
  }

  #ask(request: string): Promise<Reply> {
    return new Promise((resolve, reject) => {
      this.#answered = resolve;
      this.#failed = reject;
      this.#socket.write(request, 'utf8');
    });
  }

  /** The head always comes in one piece. */
  #take(chunk: Buffer): void {
    if (this.#missingBytes === 0) {
      this.#chunks = [];
      this.#headBytes = chunk.indexOf('\r\n\r\n') + 4;
      this.#missingBytes = this.#headBytes + bodyBytes(chunk.toString('latin1', 0, this.#headBytes));
    }
    this.#chunks.push(chunk);
    this.#missingBytes -= chunk.length;
    if (this.#missingBytes > 0) return;
    const [chunks, headBytes] = [this.#chunks, this.#headBytes];
    const status = Number(chunks[0]?.toString('latin1', 9, 12)); // after `HTTP/1.1 `
    this.#answered({ status, text: () => Buffer.concat(chunks).toString('utf8', headBytes) });
  }
}

function bodyBytes(head: string): number {
  const bytes = /\r\ncontent-length: (\d+)/i.exec(head)?.[1];
  if (bytes === undefined) throw new Error(`an answer without its length: ${head}`);
  return Number(bytes);
}

/** Connections to one server, opened as they are needed. */
export class Connections {
  readonly #port: number;
  readonly #idle: Connection[] = [];
  readonly #all: Connection[] = [];

  constructor(port: number) {
    this.#port = port;
  }

  async use<T>(ask: (connection: Connection) => Promise<T>): Promise<T> {
    const connection = this.#idle.pop() ?? this.#open();
    const answer = await ask(connection);
    this.#idle.push(connection); // one that failed ends the bench
    return answer;
  }

  end(): void {
    for (const connection of this.#all) connection.end();
  }

  #open(): Connection {
    const connection = new Connection(this.#port);
    this.#all.push(connection);
    return connection;
  }
}
