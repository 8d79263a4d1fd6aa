// What was learnt of placements as rules that the gateway orders lists by: the shop sees them among its own, and may switch them off.
import type { Rule } from '../schemas/types.ts';
import { hash32 } from '../streams/random.ts';
import type { PlacementWeights } from './placement-weights.ts';

const KIND = 'recommend-order';
const PREFIX = 'learnt-';
const NAME_MAX = 40;
const DECIMALS = 1_000;

/** One for each placement that has factors now, and one that is off for each that had some. Those that stay as they are need none. */
export function rulesFor(learnt: readonly PlacementWeights[], known: readonly Rule[], nowMs: number): Rule[] {
  return learnt.flatMap(({ placement, factors }) => {
    const rule_id = ruleIdOf(placement);
    const before = known.find((rule) => rule.rule_id === rule_id);
    const active = Object.keys(factors).length > 0;
    if (!active && before?.active !== true) return [];
    const numbers = Object.fromEntries(Object.entries(factors).map(([name, factor]) => [`${name}_factor`, Math.round(factor * DECIMALS) / DECIMALS])); // prettier-ignore
    return [
      {
        rule_id,
        version: (before?.version ?? 0) + 1,
        kind: KIND,
        updated_at: nowMs,
        active,
        starts_at: null,
        ends_at: null,
        numbers,
        words: { placements: [placement] },
      },
    ];
  });
}

/** What ids may hold stays; of other names a digest tells two apart. */
function ruleIdOf(placement: string): string {
  const plain = placement.replace(/[^\w.-]/g, '-').slice(0, NAME_MAX);
  return PREFIX + (plain === placement ? plain : `${plain}-${hash32(placement).toString(36)}`);
}
