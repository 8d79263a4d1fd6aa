// A connection on which a test writes bytes that no client library would send, and reads what comes back.
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

export interface RawAnswer {
  readonly status: number;
  readonly head: string;
  readonly body: string;
}

export class RawSocket {
  readonly socket: Socket;
  #received = '';
  #isOver = false;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.setEncoding('latin1');
    socket.on('data', (chunk: string) => (this.#received += chunk));
    socket.on('end', () => (this.#isOver = true));
    socket.on('error', () => (this.#isOver = true)); // A reset is an answer too.
    socket.on('close', () => (this.#isOver = true));
  }

  static async open(url: string): Promise<RawSocket> {
    const socket = connect({ port: Number(new URL(url).port), host: '127.0.0.1', allowHalfOpen: true });
    await once(socket, 'connect');
    return new RawSocket(socket);
  }

  write(bytes: string | Buffer): this {
    if (!this.#isOver) this.socket.write(bytes);
    return this;
  }

  /** Everything that was answered once there are so many answers, or the server has said its last. */
  async answers(count: number): Promise<RawAnswer[]> {
    while (!this.#isOver && parsed(this.#received).length < count)
      await Promise.race(['data', 'end', 'close', 'error'].map((name) => once(this.socket, name).catch(() => {})));
    return parsed(this.#received);
  }

  async status(): Promise<number> {
    const [first] = await this.answers(1);
    return first?.status ?? 0;
  }

  /** True once the server has closed its side. */
  async ended(): Promise<boolean> {
    while (!this.#isOver)
      await Promise.race(['data', 'end', 'close', 'error'].map((name) => once(this.socket, name).catch(() => {})));
    return true;
  }

  close(): void {
    this.socket.destroy();
  }
}

/** Whole answers with a known length; an answer to HEAD has none, so it can't be read here. */
function parsed(text: string): RawAnswer[] {
  const answers: RawAnswer[] = [];
  let rest = text;
  for (;;) {
    const end = rest.indexOf('\r\n\r\n');
    if (end < 0) return answers;
    const head = rest.slice(0, end);
    const length = Number(/^content-length: (\d+)$/im.exec(head)?.[1] ?? 0);
    const body = rest.slice(end + 4, end + 4 + length);
    if (body.length < length) return answers;
    const status = Number(head.split(' ')[1]);
    if (status >= 200) answers.push({ status, head, body });
    rest = rest.slice(end + 4 + length);
  }
}
