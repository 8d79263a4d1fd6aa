// Writes of items. Each replaces the former version as a whole in the log; a change of a few fields is made of what is there.
import { items as topic } from '../../schemas/topics.ts';
import type { Item } from '../../schemas/types.ts';
import { appendValues, type Appending } from '../append-values.ts';
import type { ValuesIn } from '../contract/object-kind.ts';
import type { GatewayClock, Placed } from '../dependencies.ts';
import { Problem } from '../errors.ts';
import { oneAfterTheOther } from '../in-turn.ts';
import type { ServingReads } from '../serving-reads.ts';
import type { itemChangeKind, itemKind } from './item-schema.ts';

type Dependencies = Appending & { readonly reads: ServingReads; readonly clock: GatewayClock };

export type ItemChange = Omit<ValuesIn<typeof itemChangeKind>, 'item_id'>;

type Told = ValuesIn<typeof itemKind>;

export class ItemWrites {
  readonly #dependencies: Dependencies;
  readonly #inTurn = oneAfterTheOther();

  constructor(dependencies: Dependencies) {
    this.#dependencies = dependencies;
  }

  /** All of them are written, or none. */
  replace(told: readonly (Told & { readonly item_id: string })[]): Promise<readonly Placed[]> {
    const updated_at = this.#dependencies.clock.nowMs();
    const items = told.map((each) => ({ ...each, updated_at }));
    return this.#inTurn(
      items.map(({ item_id }) => item_id),
      () => this.#append(items),
    );
  }

  /** @throws Problem 404 when nobody has told of the item yet. */
  change(itemId: string, change: ItemChange): Promise<readonly Placed[]> {
    return this.#inTurn([itemId], async () => {
      const item = await this.#latest(itemId);
      if (item === undefined)
        throw new Problem(404, 'This item is not known: PUT it first, with all that is to be known of it.');
      return this.#append([{ ...item, ...given(change), updated_at: this.#dependencies.clock.nowMs() }]);
    });
  }

  /** What the log holds now: the serving store may be moments behind it. @throws Problem 503 when it is further behind. */
  async #latest(itemId: string): Promise<Item | undefined> {
    const { log, partitionOf, physicalName, reads, settings } = this.#dependencies;
    const partition = partitionOf(Buffer.from(itemId));
    const { end } = await log.offsets({ topic: physicalName(topic.name), partition });
    const last = { topic: 'items', partition, offset: end - 1 } as const;
    if (end > 0 && !(await reads.waitForProgress(last, settings.minPositionWaitMs)))
      throw new Problem(503, 'Former changes of the catalogue are still on their way. Try again.', {
        headers: { 'retry-after': '1' },
      });
    return reads.item(itemId);
  }

  #append(items: readonly Item[]): Promise<readonly Placed[]> {
    const of = { keyOf: ({ item_id }: Item) => item_id, timeMsOf: ({ updated_at }: Item) => updated_at };
    return appendValues(topic, items, of, this.#dependencies);
  }
}

function given({ in_stock, hidden, price }: ItemChange): Partial<Item> {
  return {
    ...(in_stock !== null && { in_stock }),
    ...(hidden !== null && { hidden }),
    ...(price !== null && { price }),
  };
}
