// What is asked of a list, by address or by body, and how each part of it is read.
import { about, number, oneOf, refined, refuse, text, textMap, word, words, type Kind } from '../contract/kinds.ts';
import { object, optional, required } from '../contract/object-kind.ts';
import {
  decimal,
  flagParameter,
  idParameter,
  idsParameter,
  single,
  wholeNumber,
  type Parameter,
} from '../contract/parameters.ts';
import { idProblem, idSchema, inBytes, textPattern, textProblem, wordBytesMax } from '../contract/texts.ts';
import type { GatewayDependencies } from '../dependencies.ts';
import { minPosition } from '../min-position.ts';
import { filterCharactersMax, filterPattern, FilterWrong, parseFilter, type ItemFilter } from './item-filter.ts';
import type { Explain } from './reasons.ts';

export interface Question {
  readonly limit: number;
  readonly explain: Explain;
  /** Items of a session that is not kept, latest last. */
  readonly session: readonly string[];
  readonly campaign: string | null;
  /** Null: that of the profile. */
  readonly location: string | null;
  readonly channel: string | null;
  readonly placement: string | null;
  readonly context: Readonly<Record<string, string>>;
  /** Any of them; none: all. */
  readonly categories: readonly string[];
  readonly filter: ItemFilter | null;
  readonly exclude: readonly string[];
  /** 0: as they are ranked; 1: no second item of a category while there are others. */
  readonly diversity: number;
}

type Settings = Pick<GatewayDependencies['settings'], 'recommendationsMax' | 'partitions'>;

const limitByDefault = 10;
const sessionItemsMax = 50;
const categoriesMax = 20;
const excludeMax = 200;
const contextEntriesMax = 20;
const contextValueCharactersMax = 256;
const contextPrefix = 'context.';
const explanations: readonly Explain[] = ['none', 'summary', 'full'];

const texts = {
  limit: 'How many items at most.',
  explain: '`none`, `summary` (words and ids of interactions) or `full` (also what was done, when, with which item).',
  channel: 'Such as `web` or `app`. Its ranking is preferred when the list is filled up.',
  campaign:
    'What brought the customer, as `campaign_id` of interactions names it. Its ranking is preferred to those of the location and the channel when the list is filled up.',
  location:
    'Where the customer is, as `location` of customers names it; theirs unless it is given. Its ranking is preferred to that of the channel when the list is filled up.',
  placement:
    'Where the list is to be shown. It is echoed, for impressions; rules of the kind `recommend-order` may hold for some placements only, also those that training learnt.',
  context:
    'What is known of the situation, such as `context.page=home` (or `context[page]=home`). It is echoed; it does not influence the list.',
  category: 'Only items of any of these categories, at whatever level.',
  filter:
    'Only items that fulfil all of these conditions: `price<=50,brand:acme|bosch,in_stock:true`. Fields: `price` (`<` `<=` `>` `>=` `:`), `brand`, `category`, `tag`, `in_stock`, `attributes.<name>` (`:` is one of, `!:` is none of, values separated by `|`). A value with a comma stands in double quotes. What the catalogue does not know of an item fulfils no condition but `!:`.',
  exclude: 'Items that are not wanted, such as those on the page already.',
  diversity:
    'From 0 (as ranked) to 1: a further item of the same most specific category counts this much less with each one before it.',
};

export function listParameters(settings: Settings) {
  return {
    limit: wholeNumber(texts.limit, { byDefault: limitByDefault, max: settings.recommendationsMax }),
    explain: explainParameter(),
    campaign_id: idParameter(texts.campaign),
    location: idParameter(texts.location),
    channel: idParameter(texts.channel),
    placement: wordParameter(texts.placement),
    'context.': contextParameter(),
    category: idsParameter(`${texts.category} Separated by commas, or given several times.`, categoriesMax),
    filter: filterParameter(),
    exclude: idsParameter(`${texts.exclude} Separated by commas.`, excludeMax),
    diversity: decimal(texts.diversity, { byDefault: 0, min: 0, max: 1 }),
    session: idsParameter(
      'The items of a session that is not kept, latest last, for a customer without a list of their own.',
      sessionItemsMax,
    ),
    min_position: minPosition(['interactions', 'customers'], settings),
    strict: flagParameter(
      'Answer 409 instead of a list that does not reflect `min_position`. Without `min_position` it changes nothing.',
    ),
  };
}

export type Asked = {
  readonly [K in keyof ReturnType<typeof listParameters>]: ReturnType<typeof listParameters>[K]['byDefault'];
};

export function questionIn({ 'context.': context, category, campaign_id: campaign, ...asked }: Asked): Question {
  return { ...asked, context, campaign, categories: category };
}

/** The same for a session in a body. */
export function sessionKind({ recommendationsMax }: Settings) {
  return object({
    items: required(
      about(
        'What the visitor looked at, latest last.',
        refined(words(sessionItemsMax), { minItems: 1 }, (items) =>
          items.length === 0 ? 'must not be empty.' : undefined,
        ),
      ),
    ),
    limit: optional(about(texts.limit, number({ min: 1, max: recommendationsMax, whole: true })), limitByDefault),
    explain: optional(about(texts.explain, oneOf(...explanations)), 'summary'),
    campaign_id: optional(about(texts.campaign, word)),
    location: optional(about(texts.location, word)),
    channel: optional(about(texts.channel, word)),
    placement: optional(about(texts.placement, word)),
    context: optional(about('Texts by name. It is echoed; it does not influence the list.', textMap), {}),
    category: optional(about(texts.category, words(categoriesMax)), []),
    filter: optional(about(texts.filter, filterKind)),
    exclude: optional(about(texts.exclude, words(excludeMax)), []),
    diversity: optional(about(texts.diversity, number({ min: 0, max: 1 })), 0),
  });
}

const filterKind: Kind<ItemFilter> = {
  schema: { type: 'string', minLength: 1, maxLength: filterCharactersMax, pattern: filterPattern },
  read: (value, name, place) => {
    const given = text(filterCharactersMax).read(value, name, place);
    const filter = given === undefined ? undefined : parseFilter(given);
    return filter instanceof FilterWrong ? refuse(place, name, filter.detail) : filter;
  },
};

function filterParameter(): Parameter<ItemFilter | null> {
  const schema = { ...filterKind.schema, examples: ['price<=50,brand:acme,in_stock:true'] };
  return single<ItemFilter | null>(texts.filter, schema, null, (given, refuseIt) => {
    const filter = parseFilter(given);
    return filter instanceof FilterWrong ? refuseIt(filter.detail) : filter;
  });
}

function explainParameter(): Parameter<Explain> {
  const known = new Map<string, Explain>([
    ...explanations.map((each) => [each, each] as const),
    ['false', 'none'],
    ['true', 'full'],
  ]);
  const schema = { type: 'string', enum: [...known.keys()], default: 'summary' };
  return single<Explain>(
    `${texts.explain} \`false\` and \`true\` mean the first and the last.`,
    schema,
    'summary',
    (given, refuseIt) => known.get(given) ?? refuseIt('must be none, summary or full (or false, true).'),
  );
}

function wordParameter(description: string): Parameter<string | null> {
  const schema = { ...idSchema, ...inBytes(wordBytesMax), maxLength: wordBytesMax };
  return single<string | null>(description, schema, null, (given, refuseIt) => {
    if (Buffer.byteLength(given) > wordBytesMax) return refuseIt(`must not be longer than ${wordBytesMax} bytes.`);
    const problem = idProblem(given);
    return problem === undefined ? given : refuseIt(problem);
  });
}

function contextParameter(): Parameter<Readonly<Record<string, string>>> {
  return {
    description: texts.context,
    schema: {
      type: 'object',
      maxProperties: contextEntriesMax,
      propertyNames: { pattern: '^[a-z][a-z0-9_]{0,63}$' },
      additionalProperties: { type: 'string', maxLength: contextValueCharactersMax, pattern: textPattern },
    },
    byDefault: {},
    isRepeatable: true,
    isPrefix: true,
    read: (values, refuseIt, names) => {
      if (names.length > contextEntriesMax)
        return refuseIt(`must not be one of more than ${contextEntriesMax}.`, `${contextPrefix}*`);
      const context = new Map<string, string>();
      let isWrong = false;
      names.forEach((name, index) => {
        const key = name.slice(contextPrefix.length);
        const value = values[index] ?? '';
        const problem = context.has(key) ? 'must be given once.' : contextProblem(key, value);
        if (problem !== undefined) refuseIt(problem, shortened(name));
        isWrong ||= problem !== undefined;
        context.set(key, value);
      });
      return isWrong ? undefined : Object.fromEntries(context);
    },
  };
}

function contextProblem(key: string, value: string): string | undefined {
  if (!/^[a-z][a-z0-9_]{0,63}$/.test(key)) return 'must have a name of small letters, digits and _ after the dot.';
  return value.length > contextValueCharactersMax && Array.from(value).length > contextValueCharactersMax
    ? `must not be longer than ${contextValueCharactersMax} characters.`
    : textProblem(value);
}

/** It comes from the caller. */
function shortened(name: string): string {
  return name.slice(0, contextPrefix.length + wordBytesMax).toWellFormed();
}
