// The rules by which segments and lists are made: what marketing may set, checked before it is written.
import { rules as topic } from '../../schemas/topics.ts';
import type { Rule } from '../../schemas/types.ts';
import { appendValues, type Appending } from '../append-values.ts';
import type { ObjectRead } from '../contract/bodies.ts';
import { ignored, problemAnswer } from '../contract/common.ts';
import { route } from '../contract/declare.ts';
import { named, nullable } from '../contract/json-schema.ts';
import { idInPath, type Parameter } from '../contract/parameters.ts';
import * as shown from '../contract/shown.ts';
import type { GatewayClock } from '../dependencies.ts';
import { Problem } from '../errors.ts';
import { json, type Answer } from '../http/answer.ts';
import type { Route } from '../http/route.ts';
import { oneAfterTheOther, type InTurn } from '../in-turn.ts';
import { ruleBody, versionMax, type ToldRule } from './parse-rule.ts';
import type { RuleBook } from './rule-book.ts';
import { isInForce } from './rule-kinds.ts';

type Dependencies = Appending & { readonly clock: GatewayClock; readonly rules: RuleBook };

const at = '/api/v1/rules/:rule_id';
const tag = 'Rules';
const path = { rule_id: ruleIdInPath() };

export function ruleRoutes(dependencies: Dependencies): Route[] {
  const inTurn = oneAfterTheOther();
  return [
    route({
      method: 'GET',
      at: '/api/v1/rules',
      scope: 'read',
      id: 'listRules',
      tag,
      summary: 'The rules of segments and lists.',
      answers: {
        200: {
          description: 'By id.',
          schema: named('Rules', shown.shape({ rules: shown.list(ruleSchema) })),
        },
      },
      examples: [{ name: 'rules', summary: 'All rules', status: 200, answer: { rules: [ruleExample] } }],
      handle: () => list(dependencies),
    }),
    route({
      method: 'GET',
      at,
      scope: 'read',
      id: 'getRule',
      tag,
      summary: 'A rule, and whether it holds now.',
      path,
      answers: {
        200: { description: 'As it was written.', schema: ruleSchema },
        404: problemAnswer('There is no rule of this name.'),
      },
      examples: [{ name: 'sale', summary: 'A rule', path: { rule_id: 'sale' }, status: 200, answer: ruleExample }],
      handle: (asked) => show(asked.path.rule_id, dependencies),
    }),
    route({
      method: 'PUT',
      at,
      scope: 'admin',
      id: 'putRule',
      tag,
      summary: 'Adds or replaces a rule.',
      description:
        'It replaces the former version as a whole. Segments and lists follow at the customer’s next event; items, categories and brands that are out are so within a second, and so is what `recommend-order` pins, boosts, buries and caps.',
      path,
      body: ruleBody,
      answers: {
        202: {
          description: 'It is in the log.',
          schema: named(
            'RuleAccepted',
            shown.shape(
              { status: shown.choice(['accepted']), rule_id: shown.text(), version: shown.whole() },
              { ignored },
            ),
          ),
        },
        409: problemAnswer('The rule has this version already, or a higher one: `version` says which.'),
      },
      examples: [
        {
          name: 'sale',
          summary: 'Lower thresholds of VIP, not in force yet',
          path: { rule_id: 'sale' },
          body: { kind: 'segment-thresholds', numbers: { vip_orders: 8, vip_value: 800 }, active: false },
          status: 202,
          answer: { status: 'accepted', rule_id: 'sale', version: 1 },
        },
      ],
      handle: (asked) => replace(asked.path.rule_id, asked.body, dependencies, inTurn),
    }),
  ];
}

const ruleSchema = named(
  'Rule',
  shown.shape({
    rule_id: shown.text(),
    version: shown.whole(),
    kind: shown.text(),
    updated_at: shown.time(),
    active: shown.flag(),
    starts_at: nullable(shown.time()),
    ends_at: nullable(shown.time()),
    numbers: shown.mapOf(shown.number()),
    words: shown.mapOf(shown.list(shown.text())),
    in_force: shown.flag('Whether it holds now.'),
  }),
);

const ruleExample = {
  rule_id: 'sale',
  version: 1,
  kind: 'segment-thresholds',
  updated_at: '2026-11-22T20:49:29.987Z',
  active: false,
  starts_at: null,
  ends_at: null,
  numbers: { vip_orders: 8, vip_value: 800 },
  words: {},
  in_force: false,
};

/** Lists name the rules they were made with as `id@version`, joined by `+`: neither may be in an id. */
function ruleIdInPath(): Parameter<string> {
  const any = idInPath('Yours.');
  return {
    ...any,
    schema: { type: 'string', pattern: '^[A-Za-z0-9_.-]{1,64}$' },
    read: ([given = '']: readonly string[], refuse) =>
      /^[\w.-]{1,64}$/.test(given) ? given : refuse('has up to 64 letters, digits, dots, hyphens and underscores.'),
  };
}

async function list({ rules, clock }: Dependencies): Promise<Answer> {
  const found = await rules.all();
  return json(200, { rules: found.map((rule) => describeRule(rule, clock.nowMs())) });
}

async function show(ruleId: string, { rules, clock }: Dependencies): Promise<Answer> {
  const rule = await rules.get(ruleId);
  if (rule === undefined) throw new Problem(404, 'There is no rule of this name.');
  return json(200, describeRule(rule, clock.nowMs()));
}

async function replace(
  ruleId: string,
  { value, ignored: unread }: ObjectRead<ToldRule>,
  dependencies: Dependencies,
  inTurn: InTurn,
): Promise<Answer> {
  // Between looking up a version and writing the next one nobody else may do so.
  const version = await inTurn([ruleId], () => written({ ...value, rule_id: ruleId }, dependencies));
  return json(202, { status: 'accepted', rule_id: ruleId, version, ...(unread.length > 0 && { ignored: unread }) });
}

/** Versions rise, so that a list or a segment that names one says which numbers it was made with. */
async function written(rule: ToldRule & { readonly rule_id: string }, dependencies: Dependencies): Promise<number> {
  const stored = (await dependencies.rules.get(rule.rule_id))?.version ?? 0;
  const version = rule.version ?? stored + 1;
  if (version <= stored || version > versionMax)
    throw new Problem(409, `The rule has version ${stored} already: send a higher one, or none.`, {
      errors: [{ pointer: '/version', detail: `must be above ${stored}.` }],
      members: { version: stored },
    });
  const updated_at = dependencies.clock.nowMs();
  const of = { keyOf: () => rule.rule_id, timeMsOf: () => updated_at };
  await appendValues(topic, [{ ...rule, version, updated_at }], of, dependencies);
  await dependencies.rules.look().catch(() => undefined); // it is written, and lists will follow
  return version;
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
