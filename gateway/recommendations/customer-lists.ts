// Answers what to offer to a customer: as it was prepared for the same question, or made anew.
import type { Recommendations } from '../../schemas/types.ts';
import { whenThere, type MaybePromise } from '../../serving/serving-store.ts';
import type { GatewayDependencies } from '../dependencies.ts';
import { withEtag, type TaggedAnswer } from '../http/etag.ts';
import type { GatewayMetrics } from '../metrics.ts';
import { refuseNotReached, waitedFor } from '../min-position.ts';
import { algorithmOf, describeList } from './describe-list.ts';
import { ownList, substitute, type Dependencies as Making } from './make-list.ts';
import { PreparedLists } from './prepared-lists.ts';
import { questionIn, type Asked } from './question.ts';

export type Dependencies = Making &
  Pick<GatewayDependencies, 'partitionOf' | 'settings'> & { readonly count: GatewayMetrics['served'] };

export class CustomerLists {
  readonly #dependencies: Dependencies;
  readonly #prepared: PreparedLists;

  constructor(dependencies: Dependencies) {
    this.#dependencies = dependencies;
    this.#prepared = new PreparedLists(dependencies);
  }

  /** `address`: the request's, which says in one text all that was asked. @throws Problem 409 */
  of(customerId: string, asked: Asked, address: string): MaybePromise<TaggedAnswer> {
    if (asked.min_position !== null) return this.#afterPosition(customerId, asked);
    return whenThere(this.#dependencies.reads.recommendations(customerId), (own) =>
      this.#now(customerId, own, asked, address),
    );
  }

  #now(
    customerId: string,
    own: Recommendations | undefined,
    asked: Asked,
    address: string,
  ): MaybePromise<TaggedAnswer> {
    if (own === undefined) return this.#made(customerId, own, asked, {});
    return whenThere(this.#prepared.find(own, address), (prepared) => {
      if (prepared === undefined) return this.#kept(own, asked, address);
      this.#dependencies.count(prepared.algorithm, false);
      return prepared.answer;
    });
  }

  async #afterPosition(customerId: string, asked: Asked): Promise<TaggedAnswer> {
    const reached = await waitedFor(asked.min_position, customerId, this.#dependencies);
    if (asked.strict) refuseNotReached(reached);
    return this.#made(customerId, await this.#dependencies.reads.recommendations(customerId), asked, reached);
  }

  /** The answer is kept for whoever asks the same. */
  #kept(own: Recommendations, asked: Asked, address: string): MaybePromise<TaggedAnswer> {
    const question = questionIn(asked);
    return whenThere(this.#prepared.circumstances(own), (circumstances) =>
      whenThere(ownList(own, question, this.#dependencies), (made) =>
        whenThere(describeList(made, question, {}, this.#dependencies), (described) => {
          const answer = withEtag(described);
          if (circumstances !== undefined && made.isOwnAlone)
            this.#prepared.keep(own, address, { answer, algorithm: algorithmOf(made) }, circumstances);
          return answer;
        }),
      ),
    );
  }

  async #made(
    customerId: string,
    own: Recommendations | undefined,
    asked: Asked,
    reached: { readonly position_reached?: boolean | null },
  ): Promise<TaggedAnswer> {
    const question = questionIn(asked);
    const made =
      own === undefined
        ? await substitute(customerId, question, this.#dependencies)
        : await ownList(own, question, this.#dependencies);
    return withEtag(await describeList(made, question, reached, this.#dependencies));
  }
}
