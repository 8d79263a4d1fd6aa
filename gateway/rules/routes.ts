// The rules by which segments and lists are made: what marketing may set, checked before it is written.
import { rules as topic } from '../../schemas/topics.ts';
import type { Rule } from '../../schemas/types.ts';
import { appendValues, type Appending } from '../append-values.ts';
import { allRejected, objectBody } from '../bulk.ts';
import type { GatewayClock } from '../dependencies.ts';
import { Problem } from '../errors.ts';
import { json, type Answer } from '../http/answer.ts';
import type { ApiRequest, Route } from '../http/route.ts';
import { checkedId } from '../parameters.ts';
import { parseRule, versionMax, type ParsedRule } from './parse-rule.ts';
import type { RuleBook } from './rule-book.ts';
import { isInForce } from './rule-kinds.ts';

type Dependencies = Appending & { readonly clock: GatewayClock; readonly rules: RuleBook };

const one = '/api/v1/rules/:rule_id';
const all = '/api/v1/rules';

export function ruleRoutes(dependencies: Dependencies): Route[] {
  const inTurn = oneAfterTheOther();
  return [
    { method: 'GET', path: all, scope: 'read', handle: () => list(dependencies) },
    { method: 'GET', path: one, scope: 'read', handle: (request) => show(request, dependencies) },
    { method: 'PUT', path: one, scope: 'admin', handle: (request) => replace(request, dependencies, inTurn) },
  ];
}

async function list({ rules, clock }: Dependencies): Promise<Answer> {
  const found = await rules.all();
  return json(200, { rules: found.map((rule) => describeRule(rule, clock.nowMs())) });
}

async function show({ params }: ApiRequest, { rules, clock }: Dependencies): Promise<Answer> {
  const rule = await rules.get(checkedRuleId(params['rule_id']));
  if (rule === undefined) throw new Problem(404, 'There is no rule of this name.');
  return json(200, describeRule(rule, clock.nowMs()));
}

async function replace(request: ApiRequest, dependencies: Dependencies, inTurn: InTurn): Promise<Answer> {
  const ruleId = checkedRuleId(request.params['rule_id']);
  const body = objectBody(await request.json(), 'Send the rule as an object.');
  const parsed = parseRule(body, ruleId, dependencies.clock.nowMs());
  if (!parsed.ok) throw allRejected([{ status: 'rejected', errors: parsed.errors }]);
  const version = await inTurn(() => written(parsed, dependencies));
  const { ignored } = parsed;
  return json(202, { status: 'accepted', rule_id: ruleId, version, ...(ignored.length > 0 && { ignored }) });
}

/** Versions rise, so that a list or a segment that names one says which numbers it was made with. */
async function written({ rule }: ParsedRule & { ok: true }, dependencies: Dependencies): Promise<number> {
  const stored = (await dependencies.rules.get(rule.rule_id))?.version ?? 0;
  const version = rule.version ?? stored + 1;
  if (version <= stored || version > versionMax)
    throw new Problem(409, `The rule has version ${stored} already: send a higher one, or none.`, {
      errors: [{ pointer: '/version', detail: `must be above ${stored}.` }],
      members: { version: stored },
    });
  const of = { keyOf: () => rule.rule_id, timeMsOf: () => rule.updated_at };
  await appendValues(topic, [{ ...rule, version }], of, dependencies);
  return version;
}

type InTurn = <T>(act: () => Promise<T>) => Promise<T>;

/** Between looking up a version and writing the next one nobody else may do so. */
function oneAfterTheOther(): InTurn {
  let former: Promise<unknown> = Promise.resolve();
  return (act) => {
    const done = former.then(act);
    former = done.catch(() => undefined);
    return done;
  };
}

/** Lists name the rules they were made with as `id@version`, joined by `+`: neither may be in an id. */
function checkedRuleId(given: string | undefined): string {
  const ruleId = checkedId('rule_id', given);
  if (/^[\w.-]{1,64}$/.test(ruleId)) return ruleId;
  throw new Problem(400, 'A rule_id has up to 64 letters, digits, dots, hyphens and underscores.', {
    errors: [{ parameter: 'rule_id', detail: 'has up to 64 letters, digits, dots, hyphens and underscores.' }],
  });
}

function describeRule(rule: Rule, nowMs: number) {
  return {
    ...rule,
    in_force: isInForce(rule, nowMs),
    updated_at: new Date(rule.updated_at).toISOString(),
    starts_at: asTime(rule.starts_at),
    ends_at: asTime(rule.ends_at),
  };
}

function asTime(timeMs: number | null): string | null {
  return timeMs === null ? null : new Date(timeMs).toISOString();
}
