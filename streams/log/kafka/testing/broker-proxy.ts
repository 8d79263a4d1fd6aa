// Between clients and a broker, for tests: strikes at a chosen moment of a conversation, or holds up one side from the moment of a commit on.
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

export type RequestKind = (request: Buffer) => boolean;

/** Kinds of requests. */
export const asks = {
  write: (request: Buffer) => keyOf(request) === 0,
  commitOffsets: (request: Buffer) => keyOf(request) === 28,
  /** Not to abort. */
  commit: (request: Buffer) => keyOf(request) === 26 && isCommit(request),
} as const;

/** Before the broker hears of a request, or before the client hears the answer. */
export type Moment = 'request' | 'answer';

interface Trap {
  readonly kind: RequestKind;
  readonly moment: Moment;
  readonly strike: () => 'pass' | 'lose';
}

export class BrokerProxy {
  readonly address: string;
  readonly #server: Server;
  readonly #links = new Set<Link>();
  readonly #traps = new Set<Trap>();
  #target: { host: string; port: number } | undefined;
  #isHeld = false;

  /** Clients must be told to come here: it is the address that the broker advertises. */
  static async open(): Promise<BrokerProxy> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new BrokerProxy(server);
  }

  private constructor(server: Server) {
    this.#server = server;
    this.address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    server.on('connection', (client) => this.#connect(client));
  }

  forwardTo(address: string): void {
    const [host = '', port] = address.split(':');
    this.#target = { host, port: Number(port) };
  }

  /** Calls `strike` once, at that moment of the next request of a kind. With 'lose' it goes no further, and the connection breaks. */
  atNext(kind: RequestKind, moment: Moment, strike: () => 'pass' | 'lose'): void {
    this.#traps.add({ kind, moment, strike });
  }

  /** The connection of the next commit breaks: before the broker hears of it, or before the client hears its answer. */
  loseNextCommit(done: boolean): void {
    this.atNext(asks.commit, done ? 'answer' : 'request', () => 'lose');
  }

  /** From the next commit on nothing that clients send arrives. Resolves when one has been held. */
  holdFromNextCommit(): Promise<void> {
    return this.#holdFrom('request');
  }

  /** From the answer to the next commit on nothing that clients send arrives. Resolves with that answer. */
  holdAfterNextCommit(): Promise<void> {
    return this.#holdFrom('answer');
  }

  #holdFrom(moment: Moment): Promise<void> {
    return new Promise((resolve) => {
      this.atNext(asks.commit, moment, () => {
        this.#isHeld = true;
        resolve();
        return 'pass';
      });
    });
  }

  /** What was held arrives. */
  release(): void {
    this.#isHeld = false;
    for (const link of this.#links) link.flush();
  }

  /** All connections break, and no further ones come about. */
  async close(): Promise<void> {
    for (const link of this.#links) link.break();
    if (!this.#server.listening) return;
    this.#server.close();
    await once(this.#server, 'close');
  }

  #connect(client: Socket): void {
    if (this.#target === undefined) return void client.destroy();
    const link = new Link(client, connect(this.#target), {
      isHeld: () => this.#isHeld,
      trapFor: (request) => [...this.#traps].find(({ kind }) => kind(request)),
      spring: (trap) => (this.#traps.delete(trap) ? trap.strike() : 'pass'),
    });
    this.#links.add(link);
    client.on('close', () => this.#links.delete(link));
  }
}

interface Rules {
  isHeld(): boolean;
  trapFor(request: Buffer): Trap | undefined;
  /** Only the first who springs a trap is struck. */
  spring(trap: Trap): 'pass' | 'lose';
}

/** One connection, request by request. */
class Link {
  readonly #client: Socket;
  readonly #broker: Socket;
  readonly #rules: Rules;
  #held: Buffer[] = [];
  /** By the number that stands in a request and in its answer. */
  readonly #awaited = new Map<number, Trap>();

  constructor(client: Socket, broker: Socket, rules: Rules) {
    this.#client = client;
    this.#broker = broker;
    this.#rules = rules;
    for (const socket of [client, broker])
      socket
        .setNoDelay(true)
        .on('error', () => this.break())
        .on('close', () => this.break());
    onFrames(client, (request) => this.#pass(request));
    onFrames(broker, (answer) => this.#answer(answer));
  }

  break(): void {
    this.#client.destroy();
    this.#broker.destroy();
  }

  flush(): void {
    for (const request of this.#held.splice(0)) this.#broker.write(request);
  }

  #pass(request: Buffer): void {
    const trap = this.#rules.trapFor(request);
    if (trap?.moment === 'request' && this.#rules.spring(trap) === 'lose') return this.break();
    if (trap?.moment === 'answer') this.#awaited.set(request.readInt32BE(8), trap);
    if (this.#rules.isHeld()) this.#held.push(request);
    else this.#broker.write(request);
  }

  #answer(answer: Buffer): void {
    const number = answer.readInt32BE(4);
    const trap = this.#awaited.get(number);
    this.#awaited.delete(number);
    if (trap !== undefined && this.#rules.spring(trap) === 'lose') this.break();
    else this.#client.write(answer);
  }
}

/** Each with its length in front. */
function onFrames(socket: Socket, onFrame: (frame: Buffer) => void): void {
  let received = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    received = Buffer.concat([received, chunk]);
    while (received.length >= 4 && received.length >= 4 + received.readInt32BE()) {
      const end = 4 + received.readInt32BE();
      onFrame(received.subarray(0, end));
      received = received.subarray(end);
    }
  });
}

function keyOf(request: Buffer): number {
  return request.readInt16BE(4);
}

/** From this version on a byte of tagged fields follows the outcome. */
const flexibleVersion = 3;

/** Whether a request that ends a transaction commits it. */
function isCommit(request: Buffer): boolean {
  const outcomeFromEnd = request.readInt16BE(6) >= flexibleVersion ? 2 : 1;
  return request.at(-outcomeFromEnd) === 1;
}
