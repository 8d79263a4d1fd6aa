// Between clients and a broker, for tests: loses the answer of a commit, or holds up one side from the moment of a commit on.
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

const endTransactionKey = 26;
/** From this version on a byte of tagged fields follows the outcome. */
const flexibleVersion = 3;

export class BrokerProxy {
  readonly address: string;
  readonly #server: Server;
  readonly #links = new Set<Link>();
  #target: { host: string; port: number } | undefined;
  #losing: 'request' | 'answer' | undefined;
  #holding: (() => void) | undefined;
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

  /** The connection of the next commit breaks: before the broker hears of it, or before the client hears its answer. */
  loseNextCommit(done: boolean): void {
    this.#losing = done ? 'answer' : 'request';
  }

  /** From the next commit on nothing that clients send arrives. Resolves when one has been held. */
  holdFromNextCommit(): Promise<void> {
    return new Promise((resolve) => (this.#holding = resolve));
  }

  /** What was held arrives. */
  release(): void {
    this.#isHeld = false;
    for (const link of this.#links) link.flush();
  }

  async close(): Promise<void> {
    for (const link of this.#links) link.break();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #connect(client: Socket): void {
    if (this.#target === undefined) return void client.destroy();
    const link = new Link(client, connect(this.#target), {
      isHeld: () => this.#isHeld,
      atCommit: () => this.#atCommit(),
    });
    this.#links.add(link);
    client.on('close', () => this.#links.delete(link));
  }

  #atCommit(): 'request' | 'answer' | undefined {
    if (this.#holding !== undefined) {
      this.#isHeld = true;
      this.#holding();
      this.#holding = undefined;
    }
    const losing = this.#losing;
    this.#losing = undefined;
    return losing;
  }
}

interface Rules {
  isHeld(): boolean;
  /** What is to be lost. */
  atCommit(): 'request' | 'answer' | undefined;
}

/** One connection, request by request. */
class Link {
  readonly #client: Socket;
  readonly #broker: Socket;
  readonly #rules: Rules;
  #received: Buffer = Buffer.alloc(0);
  #held: Buffer[] = [];
  #losesAnswer = false;

  constructor(client: Socket, broker: Socket, rules: Rules) {
    this.#client = client;
    this.#broker = broker;
    this.#rules = rules;
    for (const socket of [client, broker]) socket.setNoDelay(true).on('error', () => this.break());
    client.on('data', (chunk) => this.#take(chunk)).on('close', () => broker.destroy());
    broker
      .on('data', (chunk) => (this.#losesAnswer ? this.break() : client.write(chunk)))
      .on('close', () => client.destroy());
  }

  break(): void {
    this.#client.destroy();
    this.#broker.destroy();
  }

  flush(): void {
    for (const request of this.#held.splice(0)) this.#broker.write(request);
  }

  #take(chunk: Buffer): void {
    this.#received = Buffer.concat([this.#received, chunk]);
    while (this.#received.length >= 4 && this.#received.length >= 4 + this.#received.readInt32BE()) {
      const end = 4 + this.#received.readInt32BE();
      this.#pass(this.#received.subarray(0, end));
      this.#received = this.#received.subarray(end);
    }
  }

  #pass(request: Buffer): void {
    const losing = isCommit(request) ? this.#rules.atCommit() : undefined;
    if (losing === 'request') return this.break();
    if (losing === 'answer') this.#losesAnswer = true;
    if (this.#rules.isHeld()) this.#held.push(request);
    else this.#broker.write(request);
  }
}

/** Whether a request asks the coordinator to commit a transaction. */
function isCommit(request: Buffer): boolean {
  if (request.readInt16BE(4) !== endTransactionKey) return false;
  const outcomeFromEnd = request.readInt16BE(6) >= flexibleVersion ? 2 : 1;
  return request.at(-outcomeFromEnd) === 1;
}
