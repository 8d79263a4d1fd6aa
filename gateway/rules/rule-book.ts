// All rules as they stand in the log. There are few, and they change seldom: they are looked for again and again, from where the last
// look ended, so that a list obeys them within a second, also the first one that is read after a quiet night.
import { rules as topic } from '../../schemas/topics.ts';
import type { Item, Rule } from '../../schemas/types.ts';
import type { GatewayDependencies, Placed } from '../dependencies.ts';
import { Problem } from '../errors.ts';
import { arrangementOf, type Arrangement, type Occasion } from './arrangement.ts';
import { FILTERS_KIND, isInForce, ORDER_KIND } from './rule-kinds.ts';

type Dependencies = Pick<GatewayDependencies, 'log' | 'physicalName' | 'settings' | 'clock'>;

/** Whether the rules let an item be shown. */
export type Filter = (itemId: string, item: Item | undefined) => boolean;

/** What holds for lists. */
export interface ListRules {
  readonly lets: Filter;
  readonly arrangement: (occasion: Occasion) => Arrangement;
}

const lookEveryMs = 500;
/** Lists are made under the rules that were in force so long ago: each has its dates. */
const inForceAgeMsMax = 250;
const readWaitMs = 100;
/** A log that says it has more but does not give it is away. */
const emptyReadsMax = 20;

const letsAll: Filter = () => true;

export class RuleBook {
  readonly #dependencies: Dependencies;
  readonly #byId = new Map<string, Rule>();
  readonly #next = new Map<number, number>();
  #looking: Promise<void> | null = null;
  #watching: NodeJS.Timeout | undefined;
  #ofLists: MadeRules | null = null;

  constructor(dependencies: Dependencies) {
    this.#dependencies = dependencies;
  }

  /** By id. */
  async all(): Promise<Rule[]> {
    await this.look();
    return this.#byOrder();
  }

  async get(ruleId: string): Promise<Rule | undefined> {
    await this.look();
    return this.#byId.get(ruleId);
  }

  /**
   * What holds now, as far as is known: a read of a list does not wait for the log, and goes on when it is away. As long as the same
   * rules are in force it is the same object.
   */
  ofLists(): ListRules {
    const nowMs = this.#dependencies.clock.nowMs();
    if (this.#ofLists === null || Math.abs(nowMs - this.#ofLists.madeMs) >= inForceAgeMsMax)
      this.#ofLists = renewed(this.#ofLists, this.#byOrder(), nowMs);
    return this.#ofLists.of;
  }

  watch(): void {
    this.#watching ??= setInterval(() => {
      // Who writes rules is told when it fails; lists go on with the former ones.
      if (this.#looking === null) void this.look().catch(() => undefined);
    }, lookEveryMs).unref();
  }

  close(): void {
    clearInterval(this.#watching);
  }

  /** Reads what has come. @throws Problem 503 when the log can't be read to its end. */
  async look(): Promise<void> {
    // What was begun before may have asked for the ends too early to see what its caller has written meanwhile.
    await this.#looking?.catch(() => undefined);
    this.#looking ??= this.#lookNow().finally(() => (this.#looking = null));
    await this.#looking;
  }

  async #lookNow(): Promise<void> {
    const behind = await this.#behind();
    if (behind.size === 0) return;
    const reader = this.#dependencies.log.openReader([...behind.values()].map(({ from }) => from));
    try {
      for (let empty = 0; [...behind].some(([partition, { end }]) => this.#nextOf(partition) < end);) {
        const batches = await reader.read(readWaitMs);
        empty = batches.length === 0 ? empty + 1 : 0;
        if (empty > emptyReadsMax) throw new Problem(503, 'The rules can’t be read at the moment. Try again.');
        for (const batch of batches) this.#take(batch);
      }
    } finally {
      this.#ofLists = null;
      await reader.close();
    }
  }

  #take({ partition, records, nextOffset }: Awaited<ReturnType<Reader['read']>>[number]): void {
    for (const { key, value } of records) {
      const rule = value === null ? undefined : decoded(value);
      if (rule !== undefined) this.#byId.set(rule.rule_id, rule);
      else if (value === null) this.#byId.delete(String(key));
    }
    this.#next.set(partition, nextOffset);
  }

  async #behind(): Promise<Map<number, { readonly from: Placed; readonly end: number }>> {
    const { log, physicalName, settings } = this.#dependencies;
    const name = physicalName(topic.name);
    const behind = new Map<number, { from: Placed; end: number }>();
    for (let partition = 0; partition < settings.partitions; partition += 1) {
      const { start, end } = await log.offsets({ topic: name, partition });
      const offset = Math.max(start, this.#nextOf(partition));
      if (offset < end) behind.set(partition, { from: { topic: name, partition, offset }, end });
    }
    return behind;
  }

  #byOrder(): Rule[] {
    return [...this.#byId.values()].sort((one, other) => (one.rule_id < other.rule_id ? -1 : 1));
  }

  #nextOf(partition: number): number {
    return this.#next.get(partition) ?? 0;
  }
}

type Reader = ReturnType<GatewayDependencies['log']['openReader']>;

/** What others have written there and is no rule is passed over, as the processors do. */
function decoded(value: Buffer): Rule | undefined {
  try {
    return topic.codec.decode(value);
  } catch {
    return undefined;
  }
}

interface MadeRules {
  readonly of: ListRules;
  readonly inForce: readonly Rule[];
  readonly madeMs: number;
}

function renewed(former: MadeRules | null, rules: readonly Rule[], nowMs: number): MadeRules {
  const inForce = rules.filter((rule) => kindsOfLists.has(rule.kind) && isInForce(rule, nowMs));
  const isSame = (one: MadeRules) =>
    one.inForce.length === inForce.length && inForce.every((rule, index) => rule === one.inForce[index]);
  return { of: former !== null && isSame(former) ? former.of : listRulesOf(inForce), inForce, madeMs: nowMs };
}

const kindsOfLists: ReadonlySet<string> = new Set([FILTERS_KIND, ORDER_KIND]);

function listRulesOf(inForce: readonly Rule[]): ListRules {
  const ofOrder = inForce.filter(({ kind }) => kind === ORDER_KIND);
  return {
    lets: filterOf(inForce.filter(({ kind }) => kind === FILTERS_KIND)),
    arrangement: (occasion) => arrangementOf(ofOrder, occasion),
  };
}

function filterOf(inForce: readonly Rule[]): Filter {
  const words = (name: string) => new Set(inForce.flatMap((rule) => rule.words[name] ?? []));
  const [items, categories, brands] = [words('items_out'), words('categories_out'), words('brands_out')];
  if (items.size + categories.size + brands.size === 0) return letsAll;
  return (itemId, item) =>
    !items.has(itemId) &&
    (item === undefined ||
      !((item.brand !== null && brands.has(item.brand)) || item.categories.some((name) => categories.has(name))));
}
