// The parameter `filter`: conditions on fields of an item, such as `price<=50,brand:acme|bosch,in_stock:true`. All of them must hold.
//
//   filter    = condition *( "," condition )
//   condition = field operator value *( "|" value )
//   operator  = ":" (is one of) | "!:" (is none of) | "<" | "<=" | ">" | ">=" (numbers only)
//   value     = characters other than , | " or a text in double quotes, in which \ stands before " and \
import type { Item } from '../../schemas/types.ts';

/** Whether an item fulfils all conditions. What is not known of an item fulfils none. */
export type ItemFilter = (item: Item) => boolean;

/** Why a text is no filter: one sentence that says where. */
export class FilterWrong {
  readonly detail: string;

  constructor(position: number, detail: string) {
    this.detail = `is wrong at character ${position + 1}: ${detail}`;
  }
}

export const filterCharactersMax = 1000;
const conditionsMax = 20;
const valuesMax = 50;
const attributePrefix = 'attributes.';

/** Of how a field is compared; the names are those that the catalogue has. */
const numberFields: Readonly<Record<string, (item: Item) => number | null>> = { price: ({ price }) => price };
const textFields: Readonly<Record<string, (item: Item) => readonly string[]>> = {
  brand: ({ brand }) => (brand === null ? [] : [brand]),
  category: ({ categories }) => categories,
  tag: ({ tags }) => tags,
  in_stock: ({ in_stock: inStock }) => [String(inStock)],
};
const fieldNames = [...Object.keys(numberFields), ...Object.keys(textFields), `${attributePrefix}<name>`].join(', ');

const oneOf = (one: string, max: number, between: string) => `(?:${one})(?:${between}(?:${one})){0,${max - 1}}`;
const aNumber = String.raw`price(?:<=|>=|<|>|:)\d{1,15}(?:\.\d{1,9})?`;
const aValue = String.raw`[^,|"]*[^,|"\s\ufeff][^,|"]*|"(?:[^"\\]|\\["\\])+"`;
const aText = String.raw`(?:brand|category|tag|attributes\.[\w.\-]+)!?:${oneOf(aValue, valuesMax, String.raw`\|`)}`;
const aFlag = String.raw`in_stock!?:${oneOf(String.raw`\s*(?:true|false)\s*|"(?:true|false)"`, valuesMax, String.raw`\|`)}`;
/** The same as a regular expression, for the API's document. */
export const filterPattern = `^${oneOf(`${aNumber}|${aText}|${aFlag}`, conditionsMax, ',')}$`;

export function parseFilter(text: string): ItemFilter | FilterWrong {
  if (text.length > filterCharactersMax)
    return new FilterWrong(filterCharactersMax, `there are more than ${filterCharactersMax} characters.`);
  try {
    const conditions = conditionsOf(new Scanner(text));
    return (item) => conditions.every((holds) => holds(item));
  } catch (error) {
    if (error instanceof FilterWrong) return error;
    throw error;
  }
}

function conditionsOf(scanner: Scanner): ItemFilter[] {
  const conditions: ItemFilter[] = [];
  do {
    if (conditions.length === conditionsMax) scanner.fail(`there are more than ${conditionsMax} conditions.`);
    conditions.push(conditionOf(scanner));
  } while (scanner.take(','));
  if (!scanner.isAtEnd()) scanner.fail('a comma or the end is expected here.');
  return conditions;
}

function conditionOf(scanner: Scanner): ItemFilter {
  const start = scanner.at;
  const name = scanner.word(/[\w.-]*/y);
  const numberOf = Object.hasOwn(numberFields, name) ? numberFields[name] : undefined;
  if (numberOf !== undefined) return numberCondition(numberOf, scanner);
  const textsOf = textsOfField(name);
  if (textsOf === undefined)
    scanner.fail(`${name === '' ? 'a field' : `one of the fields`} is expected here: ${fieldNames}.`, start);
  return textCondition(name, textsOf, scanner);
}

function textsOfField(name: string): ((item: Item) => readonly string[]) | undefined {
  if (Object.hasOwn(textFields, name)) return textFields[name];
  const attribute = name.startsWith(attributePrefix) ? name.slice(attributePrefix.length) : '';
  if (attribute === '') return undefined;
  return ({ attributes }) => (Object.hasOwn(attributes, attribute) ? [attributes[attribute] ?? ''] : []);
}

const comparisons: Readonly<Record<string, (value: number, bound: number) => boolean>> = {
  '<=': (value, bound) => value <= bound,
  '>=': (value, bound) => value >= bound,
  '<': (value, bound) => value < bound,
  '>': (value, bound) => value > bound,
  ':': (value, bound) => value === bound,
};

function numberCondition(numberOf: (item: Item) => number | null, scanner: Scanner): ItemFilter {
  const operator = Object.keys(comparisons).find((each) => scanner.take(each));
  const compare = operator === undefined ? undefined : comparisons[operator];
  if (compare === undefined) return scanner.fail('one of <=, >=, <, > and : is expected here.');
  const start = scanner.at;
  const digits = scanner.word(/\d{1,15}(\.\d{1,9})?/y);
  if (digits === '') scanner.fail('a number such as 49.90 is expected here.', start);
  const bound = Number(digits);
  return (item) => {
    const value = numberOf(item);
    return value !== null && compare(value, bound);
  };
}

function textCondition(name: string, textsOf: (item: Item) => readonly string[], scanner: Scanner): ItemFilter {
  const isNegated = scanner.take('!:');
  if (!isNegated && !scanner.take(':')) scanner.fail('one of : and !: is expected here.');
  const wanted = new Set<string>();
  do {
    if (wanted.size === valuesMax) scanner.fail(`there are more than ${valuesMax} values.`);
    wanted.add(valueOf(name, scanner));
  } while (scanner.take('|'));
  return (item) => textsOf(item).some((text) => wanted.has(text)) !== isNegated;
}

function valueOf(name: string, scanner: Scanner): string {
  const start = scanner.at;
  const value = scanner.take('"') ? scanner.quoted(start) : scanner.word(/[^,|"]*/y).trim();
  if (value === '') scanner.fail('a value is expected here.', start);
  if (name === 'in_stock' && value !== 'true' && value !== 'false')
    scanner.fail('true or false is expected here.', start);
  return value;
}

class Scanner {
  at = 0;
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  take(expected: string): boolean {
    if (!this.#text.startsWith(expected, this.at)) return false;
    this.at += expected.length;
    return true;
  }

  /** `pattern` is sticky; '' when it does not match. */
  word(pattern: RegExp): string {
    pattern.lastIndex = this.at;
    const [found = ''] = pattern.exec(this.#text) ?? [];
    this.at += found.length;
    return found;
  }

  /** What stands up to the closing quote. */
  quoted(start: number): string {
    const inner = this.word(/(?:[^"\\]|\\["\\])*/y);
    if (!this.take('"')) this.fail('these quotes are not closed.', start);
    return inner.replace(/\\(["\\])/g, '$1');
  }

  isAtEnd(): boolean {
    return this.at === this.#text.length;
  }

  fail(detail: string, position = this.at): never {
    throw new FilterWrong(position, detail);
  }
}
