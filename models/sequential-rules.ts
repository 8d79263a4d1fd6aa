// Which items follow an item within a session: sequential rules of Ludewig and Jannach, "Evaluation of session-based recommendation
// algorithms" (UMUAI 2018, section 3.1). With one step they are a Markov chain of first order. Unlike theirs, an item may follow
// itself: shops' visitors reload and come back.
import { ItemPairsBuilder, type ItemPairs } from './item-pairs.ts';
import type { SessionSource } from './session-source.ts';
import type { SparseScores } from './sparse-scores.ts';

export interface SequentialRulesOptions {
  /** An item `n` steps later counts 1 ÷ n, up to so many. */
  readonly stepsMax: number;
  /** Followers kept of each item. */
  readonly followersMax: number;
  /** Latest items of the current session whose followers are added, each over its distance from the end. */
  readonly windowItems: number;
}

export class SequentialRules implements SessionSource {
  readonly name: string;
  readonly #pairs: ItemPairs;
  readonly #windowItems: number;

  constructor(sessions: readonly ArrayLike<number>[], items: number, options: SequentialRulesOptions, name: string) {
    this.name = name;
    this.#windowItems = options.windowItems;
    this.#pairs = rulesOf(sessions, items, options);
  }

  get bytes(): number {
    return this.#pairs.bytes;
  }

  score(session: readonly number[], scores: SparseScores): void {
    this.#pairs.addLatest(session, this.#windowItems, scores);
  }
}

function rulesOf(
  sessions: readonly ArrayLike<number>[],
  items: number,
  { stepsMax, followersMax }: SequentialRulesOptions,
): ItemPairs {
  const builder = new ItemPairsBuilder(items);
  for (const session of sessions) {
    for (let at = 1; at < session.length; at += 1) {
      for (let steps = 1; steps <= stepsMax && steps <= at; steps += 1)
        builder.add(session[at - steps] as number, session[at] as number, 1 / steps);
    }
  }
  return builder.build(followersMax);
}
