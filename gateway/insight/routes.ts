// What somebody who looks on wants to see: the picture of what runs, with counts; how large the segments are; what was put aside.
import type { GatewayDependencies } from '../dependencies.ts';
import { json, type Answer } from '../http/answer.ts';
import type { ApiRequest, Route } from '../http/route.ts';
import { numberParameter } from '../parameters.ts';
import { TopologyCounter } from './count-topology.ts';
import { describeDeadLetter } from './describe-dead-letter.ts';
import { newestRecords } from './newest-records.ts';
import { SegmentCensus } from './segment-census.ts';

type Dependencies = Pick<
  GatewayDependencies,
  'topology' | 'log' | 'physicalName' | 'settings' | 'metrics' | 'status' | 'clock' | 'logger'
>;

const deadLettersByDefault = 20;
const deadLettersMax = 100;
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
      {
        method: 'GET',
        path: '/api/v1/segments',
        scope: 'read',
        handle: async () => json(200, await this.#census.count()),
      },
      {
        method: 'GET',
        path: '/api/v1/topology',
        scope: 'read',
        handle: async () => json(200, await this.#topology.count()),
      },
      // Original bytes may hold anything about anybody.
      {
        method: 'GET',
        path: '/api/v1/dead-letters',
        scope: 'admin',
        handle: (request) => this.#deadLetters(request),
      },
    ];
  }

  close(): void {
    this.#census.close();
  }

  async #deadLetters({ query }: ApiRequest): Promise<Answer> {
    const { physicalName } = this.#dependencies;
    const limit = numberParameter(query, 'limit', deadLettersByDefault, deadLettersMax);
    const { records, total } = await newestRecords(physicalName(deadLetters), limit, this.#dependencies);
    return json(200, { total, dead_letters: records.map((record) => describeDeadLetter(record, physicalName)) });
  }
}
