// GET /api/v1/live: a stream of server-sent events for the page: what customers do, and a sample of the numbers each second.
//
// Watching must cost little and can't slow anything down: few clients, few events a second, and one who reads too slowly
// is sent less, then nothing.
import type { ServerResponse } from 'node:http';
import type { GatewayDependencies } from '../dependencies.ts';
import { Problem } from '../errors.ts';
import { route } from '../contract/declare.ts';
import * as shown from '../contract/shown.ts';
import { fixedHeaders } from '../http/answer.ts';
import { answeredItself, type ApiRequest, type Route } from '../http/route.ts';
import type { ServingReads } from '../serving-reads.ts';
import { followInteractions, type Seen } from './follow-interactions.ts';
import { Sampler } from './sampler.ts';

type Dependencies = Pick<
  GatewayDependencies,
  'log' | 'physicalName' | 'settings' | 'clock' | 'logger' | 'status' | 'metrics'
> & {
  readonly reads: ServingReads;
};

const mediaType = 'text/event-stream';
/** A client with so much unread gets no more events until it has caught up. */
const unreadBytesMax = 256 * 1024;
const historyMax = 40;

export class LiveStream {
  readonly #dependencies: Dependencies;
  readonly #clients = new Set<ServerResponse>();
  readonly #history: string[] = [];
  readonly #sampler: Sampler;
  #following: AbortController | null = null;
  #sentThisSecond = 0;
  #leftOut = 0;

  constructor(dependencies: Dependencies) {
    this.#dependencies = dependencies;
    this.#sampler = new Sampler(dependencies, (sample) => {
      this.#broadcast(asEvent('sample', { ...sample, left_out: this.#leftOut }));
      this.#sentThisSecond = 0;
      this.#leftOut = 0;
    });
  }

  routes(): Route[] {
    return [
      route({
        method: 'GET',
        at: '/api/v1/live',
        scope: 'read',
        streams: mediaType,
        id: 'watch',
        tag: 'Insight',
        summary: 'A stream of events for a page.',
        description:
          'Server-sent events: `history` (the last samples, once), `interaction` (what customers do, at most `STREAM_EVENTS_PER_SECOND_MAX` a second), `sample` (numbers, each second; `left_out` counts what was not sent). At most `STREAM_CLIENTS_MAX` may watch at one time, then it is 503.',
        answers: {
          200: {
            description: 'Goes on until one side ends it.',
            schema: shown.text(),
            contentType: mediaType,
          },
        },
        examples: [{ name: 'stream', summary: 'What comes first', status: 200, answer: streamExample }],
        handle: (_asked, request) => this.#watch(request),
      }),
    ];
  }

  close(): void {
    this.#sampler.stop();
    this.#following?.abort();
    for (const client of this.#clients) client.end();
  }

  #watch({ incoming, outgoing, headers, requestId }: ApiRequest): typeof answeredItself {
    if (this.#clients.size >= this.#dependencies.settings.streamClientsMax)
      throw new Problem(503, 'Too many are watching already.', { headers: { 'retry-after': '10' } });
    outgoing.writeHead(200, {
      'content-type': `${mediaType}; charset=utf-8`,
      ...fixedHeaders,
      ...headers,
      'x-request-id': requestId,
      // Proxies such as nginx would collect the stream otherwise.
      'x-accel-buffering': 'no',
    });
    if (incoming.method === 'HEAD') {
      outgoing.end();
      return answeredItself;
    }
    const { shopCurrency: currency } = this.#dependencies.settings;
    outgoing.write(asEvent('history', { samples: this.#sampler.samples(), currency }) + this.#history.join(''));
    this.#clients.add(outgoing);
    outgoing.on('close', () => this.#left(outgoing));
    this.#follow();
    return answeredItself;
  }

  #left(client: ServerResponse): void {
    this.#clients.delete(client);
    if (this.#clients.size > 0) return;
    this.#following?.abort();
    this.#following = null;
    this.#history.length = 0;
  }

  #follow(): void {
    if (this.#following !== null) return;
    this.#following = new AbortController();
    void followInteractions(this.#dependencies, (seen) => this.#show(seen), this.#following.signal);
  }

  #show(seen: Seen): void {
    if (this.#sentThisSecond >= this.#dependencies.settings.streamEventsPerSecondMax) {
      this.#leftOut += 1;
      return;
    }
    this.#sentThisSecond += 1;
    void this.#announce(seen);
  }

  async #announce({ interaction, partition, offset }: Seen): Promise<void> {
    const { customer_id, event_type, item_id, timestamp, received_at, channel, value, currency } = interaction;
    const text = asEvent('interaction', {
      customer_id,
      event_type,
      item_id,
      title: await this.#titleOf(item_id),
      channel,
      value,
      currency,
      timestamp,
      received_at,
      position: `${partition}:${offset}`,
    });
    this.#history.push(text);
    if (this.#history.length > historyMax) this.#history.shift();
    this.#broadcast(text);
  }

  /** A title is an ornament: without the serving store the event is shown without it. */
  async #titleOf(itemId: string | null): Promise<string | null> {
    if (itemId === null) return null;
    try {
      const [item] = await this.#dependencies.reads.items([itemId]);
      return item?.title ?? null;
    } catch {
      return null;
    }
  }

  #broadcast(text: string): void {
    for (const client of this.#clients) if (client.writableLength < unreadBytesMax) client.write(text);
  }
}

const streamExample = [
  asEvent('history', { samples: [], currency: 'EUR' }),
  asEvent('interaction', {
    customer_id: 'anna',
    event_type: 'view',
    item_id: 'home-lighting-02',
    title: 'Softhaven Woven Desk Lamp',
    channel: 'web',
    value: null,
    currency: null,
    timestamp: 1_795_380_274_654,
    received_at: 1_795_380_274_654,
    position: '3:5984',
  }),
].join('');

function asEvent(name: string, data: unknown): string {
  return `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}
