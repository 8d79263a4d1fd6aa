// What somebody who looks on wants to see: the picture of what runs, with counts; how large the segments are.
import type { GatewayDependencies } from '../dependencies.ts';
import { route } from '../contract/declare.ts';
import { json } from '../http/answer.ts';
import type { Route } from '../http/route.ts';
import { TopologyCounter } from './count-topology.ts';
import { segmentsSchema, topologySchema } from './insight-schema.ts';
import { SegmentCensus } from './segment-census.ts';

type Dependencies = Pick<
  GatewayDependencies,
  'topology' | 'log' | 'physicalName' | 'settings' | 'metrics' | 'status' | 'clock' | 'logger'
>;

const tag = 'Insight';

export class Insight {
  readonly #topology: TopologyCounter;
  readonly #census: SegmentCensus;

  constructor(dependencies: Dependencies) {
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
    ];
  }

  close(): void {
    this.#census.close();
  }
}
