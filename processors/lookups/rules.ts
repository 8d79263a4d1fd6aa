// The rules that marketing set up, by kind.
import { rules } from '../../schemas/topics.ts';
import type { Rule } from '../../schemas/types.ts';
import { lookup } from '../../streams/index.ts';

const NONE: readonly Rule[] = Object.freeze([]);

export class Rules {
  readonly #byId = new Map<string, Rule>();
  readonly #active = new Map<
    string,
    { readonly rules: readonly Rule[]; readonly fromMs: number; readonly untilMs: number }
  >();

  set(ruleId: string, rule: Rule | null): void {
    if (rule === null) this.#byId.delete(ruleId);
    else this.#byId.set(ruleId, rule);
    this.#active.clear();
  }

  /**
   * The rules of a kind that hold at a time, ordered by id: where two say something of the same thing, the later one of the order
   * wins. As long as nothing changes it is the same array, so what is derived from it can be kept with it.
   */
  activeOf(kind: string, timeMs: number): readonly Rule[] {
    const known = this.#active.get(kind);
    if (known !== undefined && known.fromMs <= timeMs && timeMs < known.untilMs) return known.rules;
    const ofKind = [...this.#byId.values()].filter((rule) => rule.kind === kind && rule.active);
    const active = ofKind.filter(
      (rule) => (rule.starts_at ?? -Infinity) <= timeMs && timeMs < (rule.ends_at ?? Infinity),
    );
    const changesMs = ofKind.flatMap((rule) => [rule.starts_at ?? -Infinity, rule.ends_at ?? Infinity]);
    this.#active.set(kind, {
      rules: active.length === 0 ? NONE : active.sort((one, other) => (one.rule_id < other.rule_id ? -1 : 1)),
      fromMs: Math.max(-Infinity, ...changesMs.filter((ms) => ms <= timeMs)),
      untilMs: Math.min(Infinity, ...changesMs.filter((ms) => ms > timeMs)),
    });
    return this.#active.get(kind)?.rules ?? NONE;
  }
}

export const rulesLookup = lookup({
  name: 'rules',
  reads: { rules },
  create: () => new Rules(),
  apply: { rules: (view, key, value) => view.set(key, value) },
});
