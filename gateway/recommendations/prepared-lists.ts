// Answers that were made of a customer's own list and still hold. A page is asked for again and again while nothing of its list has
// changed: then the answer is the same to the byte, and making it is most of what a read costs.
//
// An answer is given again only while everything that it was made of is what it was: the list, the rules, each item that the list or
// its reasons name, and whether the time has come for one of them to appear or to end.
import type { Item, Recommendations } from '../../schemas/types.ts';
import { whenThere, type MaybePromise } from '../../serving/serving-store.ts';
import type { GatewayClock } from '../dependencies.ts';
import { encoded } from '../http/answer.ts';
import type { TaggedAnswer } from '../http/etag.ts';
import type { ListRules, RuleBook } from '../rules/rule-book.ts';
import type { Watched } from '../known-values.ts';
import type { ServingReads } from '../serving-reads.ts';

interface Dependencies {
  readonly reads: Pick<ServingReads, 'isKept' | 'watchedItems'>;
  readonly rules: Pick<RuleBook, 'ofLists'>;
  readonly clock: GatewayClock;
}

export interface Prepared {
  readonly answer: TaggedAnswer;
  readonly algorithm: string;
}

/** What an answer is made under. */
export interface Circumstances {
  readonly rules: ListRules;
  readonly areItemsStillSo: Watched<Item>['areStillSo'];
  readonly fromMs: number;
  /** When an item appears or ends. */
  readonly untilMs: number;
}

/** How many addresses of one list: a page asks in one way, or a few. Lists themselves are kept in a bounded number by ServingReads. */
const preparedPerListMax = 4;
const addressCharactersMax = 512;
const answerCharactersMax = 16_384;

export class PreparedLists {
  readonly #dependencies: Dependencies;
  /** With the list, which is another object as soon as it changes, its answers are gone. */
  readonly #byList = new WeakMap<Recommendations, Map<string, Prepared & Circumstances>>();

  constructor(dependencies: Dependencies) {
    this.#dependencies = dependencies;
  }

  /** `address`: all that was asked for. */
  find(list: Recommendations, address: string): MaybePromise<Prepared | undefined> {
    const prepared = this.#byList.get(list)?.get(address);
    if (prepared === undefined) return undefined;
    const { clock, rules } = this.#dependencies;
    const nowMs = clock.nowMs();
    if (nowMs < prepared.fromMs || nowMs >= prepared.untilMs || prepared.rules !== rules.ofLists()) return undefined;
    return whenThere(prepared.areItemsStillSo(nowMs), (areStillSo) => (areStillSo ? prepared : undefined));
  }

  /**
   * What there is before an answer is made of the list: what changes in the meantime makes the answer one that is not found again.
   * undefined for a list that is not kept itself: most lists have changed by the time that they are asked for again.
   */
  circumstances(list: Recommendations): MaybePromise<Circumstances | undefined> {
    if (!this.#dependencies.reads.isKept(list)) return undefined;
    return whenThere(this.#dependencies.reads.watchedItems(idsIn(list)), (items) => this.#under(items));
  }

  /** `prepared` was made of nothing but the list and its items, under these circumstances. */
  keep(list: Recommendations, address: string, { answer, algorithm }: Prepared, circumstances: Circumstances): void {
    if (address.length > addressCharactersMax || answer.body.length > answerCharactersMax) return;
    let byAddress = this.#byList.get(list);
    if (byAddress === undefined) this.#byList.set(list, (byAddress = new Map()));
    const [oldest] = byAddress.keys();
    if (byAddress.size >= preparedPerListMax && oldest !== undefined) byAddress.delete(oldest);
    byAddress.set(address, { answer: encoded(answer), algorithm, ...circumstances });
  }

  #under({ values: items, areStillSo }: Watched<Item>): Circumstances {
    const { clock, rules } = this.#dependencies;
    const fromMs = clock.nowMs();
    const untilMs = Math.min(...items.map((item) => nextChangeMs(item, fromMs)));
    return { rules: rules.ofLists(), areItemsStillSo: areStillSo, fromMs, untilMs };
  }
}

/** All that can be in an answer, or kept out of it. */
function idsIn({ items, because }: Recommendations): string[] {
  return [...new Set([...items, ...because].map(({ item_id }) => item_id))];
}

function nextChangeMs(item: Item | undefined, nowMs: number): number {
  const times = [item?.published_at ?? null, item?.expires_at ?? null];
  return Math.min(...times.map((ms) => (ms === null || ms <= nowMs ? Infinity : ms)));
}
