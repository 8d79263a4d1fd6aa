// Answers what to offer to a customer: as it was prepared for the same question, or made anew.
import type { Recommendations } from '../../schemas/types.ts';
import { whenThere, type MaybePromise } from '../../serving/serving-store.ts';
import type { GatewayDependencies } from '../dependencies.ts';
import { withEtag, type TaggedAnswer } from '../http/etag.ts';
import type { GatewayMetrics } from '../metrics.ts';
import type { Offer } from '../serving-reads.ts';
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
    return whenThere(this.#dependencies.reads.offer(customerId), (offer) =>
      offer.list === undefined ? this.#made(customerId, offer, asked, {}) : this.#now(offer.list, asked, address),
    );
  }

  #now(own: Recommendations, asked: Asked, address: string): MaybePromise<TaggedAnswer> {
    return whenThere(this.#prepared.find(own, address), (prepared) => {
      if (prepared === undefined) return this.#kept(own, asked, address);
      this.#dependencies.count(prepared.algorithm, false);
      return prepared.answer;
    });
  }

  async #afterPosition(customerId: string, asked: Asked): Promise<TaggedAnswer> {
    const reached = await waitedFor(asked.min_position, customerId, this.#dependencies);
    if (asked.strict) refuseNotReached(reached);
    return this.#made(customerId, await this.#dependencies.reads.offer(customerId), asked, reached);
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
    offer: Offer,
    asked: Asked,
    reached: { readonly position_reached?: boolean | null },
  ): Promise<TaggedAnswer> {
    const question = questionIn(asked);
    const made =
      offer.list === undefined
        ? await substitute(customerId, offer, question, this.#dependencies)
        : await ownList(offer.list, question, this.#dependencies);
    return withEtag(await describeList(made, question, reached, this.#dependencies));
  }
}
