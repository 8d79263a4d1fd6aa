// Turns one JSON object into a rule, or says all that is wrong with it.
import type { Rule } from '../../schemas/types.ts';
import type { Wrong } from '../errors.ts';
import { Fields } from '../fields.ts';
import { ruleKinds, type RuleKind } from './rule-kinds.ts';

/** `version`: null when the next one is meant. */
type ToldRule = Omit<Rule, 'version'> & { readonly version: number | null };

export type ParsedRule =
  | { readonly ok: true; readonly rule: ToldRule; readonly ignored: readonly string[] }
  | { readonly ok: false; readonly errors: readonly Wrong[] };

export const versionMax = 2 ** 31 - 1;

const known = new Set(['rule_id', 'version', 'kind', 'active', 'starts_at', 'ends_at', 'numbers', 'words']);
const noNames: RuleKind = { numbers: new Map(), words: new Set() };

export function parseRule(body: Record<string, unknown>, ruleId: string, nowMs: number): ParsedRule {
  const fields = new Fields(body, '');
  fields.mustBe('rule_id', ruleId);
  const kindName = fields.requiredId('kind', `is missing: it is one of ${[...ruleKinds.keys()].join(', ')}.`);
  const kind = ruleKinds.get(kindName);
  if (kind === undefined && kindName !== '')
    fields.refuse('kind', `must be one of ${[...ruleKinds.keys()].join(', ')}.`);
  const rule: ToldRule = {
    rule_id: ruleId,
    version: fields.number('version', { min: 1, max: versionMax, whole: true }),
    kind: kindName,
    updated_at: nowMs,
    active: fields.flag('active') ?? true,
    starts_at: fields.time('starts_at'),
    ends_at: fields.time('ends_at'),
    // Of a kind that is not known nothing can be said of its names.
    numbers: kind === undefined ? {} : fields.numberMap('numbers', kind.numbers),
    words: kind === undefined ? {} : fields.wordLists('words', kind.words),
  };
  refuseEmptyTime(rule, fields);
  refuseWrongOrder(rule, kind ?? noNames, fields);
  return fields.wrong.length > 0
    ? { ok: false, errors: fields.wrong }
    : { ok: true, rule, ignored: fields.unknown(known) };
}

function refuseEmptyTime({ starts_at, ends_at }: ToldRule, fields: Fields): void {
  if (starts_at !== null && ends_at !== null && ends_at <= starts_at)
    fields.refuse('ends_at', 'must be after starts_at.');
}

function refuseWrongOrder({ numbers }: ToldRule, { atLeast = [] }: RuleKind, fields: Fields): void {
  for (const [upper, lower] of atLeast) {
    if ((numbers[upper.name] ?? upper.byDefault) >= (numbers[lower.name] ?? lower.byDefault)) continue;
    const name = numbers[upper.name] === undefined ? lower.name : upper.name;
    fields.refuseEntry(
      'numbers',
      name,
      `does not fit: ${upper.name} (${upper.byDefault} when left out) must not be below ${lower.name} (${lower.byDefault}).`,
    );
  }
}
