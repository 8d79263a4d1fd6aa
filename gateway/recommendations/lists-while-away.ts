// Answers what to offer while the serving store is away: what was popular when it was last there.
import type { MaybePromise } from '../../serving/serving-store.ts';
import type { GatewayDependencies } from '../dependencies.ts';
import { isUnavailable } from '../errors.ts';
import type { Answer } from '../http/answer.ts';
import type { GatewayMetrics } from '../metrics.ts';
import type { RememberedRankings } from '../remembered-rankings.ts';
import { ServingReads } from '../serving-reads.ts';
import { describeList } from './describe-list.ts';
import { rememberedList, type Dependencies as Making } from './make-list.ts';
import type { Question } from './question.ts';

export type Dependencies = Making &
  Pick<GatewayDependencies, 'physicalName'> & {
    readonly count: GatewayMetrics['served'];
    readonly remembered: RememberedRankings;
  };

export class ListsWhileAway {
  readonly #remembered: RememberedRankings;
  readonly #dependencies: Making & Pick<Dependencies, 'count'>;

  constructor(dependencies: Dependencies) {
    const { remembered } = dependencies;
    this.#remembered = remembered;
    const reads = new ServingReads({ ...dependencies, serving: remembered });
    this.#dependencies = { ...dependencies, reads, scoreSession: () => [] };
  }

  /** What `make` answers, or `instead` when that fails because the store is away, and something is remembered. */
  unlessAway<A>(make: () => MaybePromise<A>, instead: () => Promise<A>): MaybePromise<A> {
    const failed = (error: unknown): Promise<A> => {
      if (!isUnavailable(error) || this.#remembered.isEmpty) throw error;
      return instead();
    };
    try {
      const made = make();
      return made instanceof Promise ? made.catch(failed) : made;
    } catch (error) {
      return failed(error);
    }
  }

  async of(
    customerId: string | null,
    question: Question,
    reached: { readonly position_reached?: false } = {},
  ): Promise<Answer> {
    const list = await rememberedList(customerId, question, this.#dependencies);
    return describeList(list, question, reached, this.#dependencies);
  }
}
