// What somebody who looks on wants to see: the picture of what runs, with counts; how large the segments are; what was put aside.
import type { GatewayDependencies } from '../dependencies.ts';
import { route } from '../contract/declare.ts';
import { wholeNumber } from '../contract/parameters.ts';
import { json, type Answer } from '../http/answer.ts';
import type { Route } from '../http/route.ts';
import { TopologyCounter } from './count-topology.ts';
import { describeDeadLetter } from './describe-dead-letter.ts';
import { deadLettersSchema, segmentsSchema, topologySchema } from './insight-schema.ts';
import { newestRecords } from './newest-records.ts';
import { SegmentCensus } from './segment-census.ts';

type Dependencies = Pick<
  GatewayDependencies,
  'topology' | 'log' | 'physicalName' | 'settings' | 'metrics' | 'status' | 'clock' | 'logger'
>;

const tag = 'Insight';
/** Their topic's logical name. */
const deadLetters = 'dead-letters';

export class Insight {
  readonly #dependencies: Dependencies;
  readonly #topology: TopologyCounter;
  readonly #census: SegmentCensus;

  constructor(dependencies: Dependencies) {
    this.#dependencies = dependencies;
    this.#topology = new TopologyCounter(dependencies);
    this.#census = new SegmentCensus(dependencies);
  }

  routes(): Route[] {
    return [
      route({
        method: 'GET',
        at: '/api/v1/segments',
        scope: 'read',
        id: 'countSegments',
        tag,
        summary: 'How many customers each segment has.',
        answers: { 200: { description: 'Largest first.', schema: segmentsSchema } },
        examples: [
          {
            name: 'segments',
            summary: 'The segments of a shop',
            status: 200,
            answer: {
              segments: [{ segment: 'Standard', customers: 1204 }],
              customers: 1204,
              complete: true,
              estimated: false,
            },
          },
        ],
        handle: async () => json(200, await this.#census.count()),
      }),
      route({
        method: 'GET',
        at: '/api/v1/topology',
        scope: 'read',
        id: 'getTopology',
        tag,
        summary: 'What runs, and how many records passed.',
        answers: { 200: { description: 'A graph: topics, processors, lookups and sinks.', schema: topologySchema } },
        examples: [
          {
            name: 'topology',
            summary: 'A part of the picture',
            status: 200,
            answer: {
              at: '2026-11-22T20:49:31.245Z',
              stages: [{ name: 'customers', tasks: 8, tasks_running: 8, lag_records: 0, rejected: 0 }],
              nodes: [{ id: 'topic:interactions', kind: 'topic', name: 'interactions', records: 51_000 }],
              edges: [{ from: 'topic:interactions', to: 'processor:profile', kind: 'reads', records: 51_000 }],
            },
          },
        ],
        handle: async () => json(200, await this.#topology.count()),
      }),
      // Original bytes may hold anything about anybody.
      route({
        method: 'GET',
        at: '/api/v1/dead-letters',
        scope: 'admin',
        id: 'listDeadLetters',
        tag,
        summary: 'What could not be used, and why.',
        query: { limit: wholeNumber('How many at most.', { byDefault: 20, max: 100 }) },
        answers: { 200: { description: 'The newest, with their original bytes.', schema: deadLettersSchema } },
        examples: [
          {
            name: 'none',
            summary: 'Everything could be used',
            status: 200,
            answer: { total: 0, dead_letters: [] },
          },
        ],
        handle: ({ query }) => this.#deadLetters(query.limit),
      }),
    ];
  }

  close(): void {
    this.#census.close();
  }

  async #deadLetters(limit: number): Promise<Answer> {
    const { physicalName } = this.#dependencies;
    const { records, total } = await newestRecords(physicalName(deadLetters), limit, this.#dependencies);
    return json(200, { total, dead_letters: records.map((record) => describeDeadLetter(record, physicalName)) });
  }
}
