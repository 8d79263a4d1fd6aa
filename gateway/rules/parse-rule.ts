// What a rule may say: of each kind exactly what the processors would not pass over.
import type { Rule } from '../../schemas/types.ts';
import { objectBody, type ObjectRead } from '../contract/bodies.ts';
import type { Body } from '../contract/declare.ts';
import { named } from '../contract/json-schema.ts';
import {
  about,
  flag,
  id,
  isObject,
  number,
  oneOf,
  pointerTo,
  refuse,
  time,
  words,
  type Kind,
} from '../contract/kinds.ts';
import { object, optional, required, type Note, type ValuesIn } from '../contract/object-kind.ts';
import { ruleKinds, type RuleKind } from './rule-kinds.ts';

export const versionMax = 2 ** 31 - 1;

const wordsMax = 10_000;
const kindNames = [...ruleKinds.keys()];

export type ToldRule = ValuesIn<ReturnType<typeof ruleOf>>;

/** A body is read as its `kind` asks; of a kind that is not known nothing can be said of its names. */
export const ruleBody: Body<ObjectRead<ToldRule>> = {
  schema: { oneOf: [...ruleKinds].map(([name, kind]) => named(componentOf(name), ruleOf(kind, name).schema)) },
  read: (raw, path) => {
    const name = isObject(raw) && Object.hasOwn(raw, 'kind') ? raw['kind'] : undefined;
    const body = (typeof name === 'string' ? bodies.get(name) : undefined) ?? ofUnknownKind;
    return body.read(raw, path);
  },
};

const of = { what: 'the rule', idName: 'rule_id' };
const bodies = new Map([...ruleKinds].map(([name, kind]) => [name, objectBody(ruleOf(kind, name), of)]));
const anything: Kind<{}> = { schema: {}, read: () => ({}) };
const ofUnknownKind = objectBody(
  ruleWith(oneOf(...kindNames), anything, anything, () => {}),
  of,
);

function ruleOf(kind: RuleKind, name: string) {
  return ruleWith(oneOf(name), namedNumbers(kind), namedLists(kind), wrongOrderOf(kind));
}

type Numbers = Readonly<Record<string, number>>;

function ruleWith(
  kindName: Kind<string>,
  numbers: Kind<Rule['numbers']>,
  lists: Kind<Rule['words']>,
  check: (numbers: Numbers, note: Note) => void,
) {
  return object(
    {
      rule_id: optional(about('If given, the one of the address.', id)),
      kind: required(kindName, `is missing: it is one of ${kindNames.join(', ')}.`),
      version: optional(
        about('Above the stored one. Left out: the next one.', number({ min: 1, max: versionMax, whole: true })),
      ),
      active: optional(flag, true),
      starts_at: optional(time),
      ends_at: optional(time),
      numbers: optional(numbers, {}),
      words: optional(lists, {}),
    },
    {
      check: (rule, note) => {
        const { starts_at: start = null, ends_at: end = null } = rule;
        if (start !== null && end !== null && end <= start) note(['ends_at'], 'must be after starts_at.');
        check(rule.numbers ?? {}, note);
      },
    },
  );
}

/** Numbers by name, each of a known name and within its range. */
function namedNumbers({ numbers }: RuleKind): Kind<Record<string, number>> {
  return entriesOf(new Map([...numbers].map(([name, range]) => [name, number(range)])));
}

/** Lists of words by name, each of a known name. */
function namedLists({ words: names }: RuleKind): Kind<Record<string, string[]>> {
  return entriesOf(new Map([...names].map((name) => [name, words(wordsMax)])));
}

/** An object of known names; others are refused, as nobody would read them. */
function entriesOf<T>(kinds: ReadonlyMap<string, Kind<T>>): Kind<Record<string, T>> {
  const names = kinds.size === 0 ? 'rules of this kind have none' : `there are ${[...kinds.keys()].join(', ')}`;
  return {
    schema: {
      type: 'object',
      properties: Object.fromEntries([...kinds].map(([name, { schema }]) => [name, schema])),
      additionalProperties: false,
    },
    read: (value, name, place) => {
      if (!isObject(value)) return refuse(place, name, 'must be an object.');
      const inner = { ...place, pointer: pointerTo(place, name) };
      const entries: [string, T][] = [];
      for (const [key, entry] of Object.entries(value).slice(0, namesMax)) {
        const kind = kinds.get(key);
        if (kind === undefined) refuse(inner, key, `is no name that is known here: ${names}.`);
        else if (entry !== null && entry !== undefined) {
          const read = kind.read(entry, key, inner);
          if (read !== undefined) entries.push([key, read]);
        }
      }
      return Object.fromEntries(entries);
    },
  };
}

const namesMax = 100;

function wrongOrderOf({ atLeast = [] }: RuleKind) {
  return (numbers: Numbers, note: Note) => {
    for (const [upper, lower] of atLeast) {
      if ((numbers[upper.name] ?? upper.byDefault) >= (numbers[lower.name] ?? lower.byDefault)) continue;
      const name = numbers[upper.name] === undefined ? lower.name : upper.name;
      note(
        ['numbers', name],
        `does not fit: ${upper.name} (${upper.byDefault} when left out) must not be below ${lower.name} (${lower.byDefault}).`,
      );
    }
  };
}

/** `recommend-filters` as `RecommendFiltersRule`. */
function componentOf(name: string): string {
  const parts = name.split('-').map((part) => part.charAt(0).toUpperCase() + part.slice(1));
  return `${parts.join('')}Rule`;
}
