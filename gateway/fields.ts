// Reads the fields of a JSON object one by one and notes what is wrong with each, as JSON pointers.
//
// By hand rather than by a schema library: a request may bring a thousand events, this reads one in about a microsecond,
// and it never copies a key such as `__proto__` from the input into an object of ours.
import type { Wrong } from './errors.ts';

/** Of a customer's id, an item's, a session's … The processors take no longer ones. */
const idCharactersMax = 256;
const idBytesMax = 512;
const wordBytesMax = 64;
const textBytesMax = 8192;
const mapEntriesMax = 50;
const mapValueBytesMax = 1024;
const listEntriesMax = 100;
const ruleWordsMax = 10_000;

/** 1e15 ms is the year 33658: whatever is larger is no time in milliseconds. */
const timeMsMax = 1e15;
/** From 1973 on a number of seconds has nine digits or more, and a number of milliseconds at least twelve. */
const secondsLookalikes = { from: 1e8, to: 1e11 };

// Control characters break log lines and tables; half a surrogate pair would become another id when encoded.
// oxlint-disable-next-line no-control-regex
const controlCharacters = /[\u0000-\u001f\u007f-\u009f]/;
const rfc3339 = /^(\d{4})-(\d{2})-(\d{2})[Tt ](\d{2}):(\d{2}):(\d{2})(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})$/;

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What is wrong with an id, or undefined. */
export function idProblem(text: string): string | undefined {
  if (text.trim() === '') return 'must not be empty.';
  if (text.length > idCharactersMax || Buffer.byteLength(text) > idBytesMax)
    return `must not be longer than ${idCharactersMax} characters or ${idBytesMax} bytes.`;
  return textProblem(text);
}

export class Fields {
  readonly wrong: Wrong[];
  readonly #object: Record<string, unknown>;
  readonly #pointer: string;

  /** `pointer` leads to the object: `` or `/events/3`. What is wrong is added to `wrong`. */
  constructor(object: Record<string, unknown>, pointer: string, wrong: Wrong[] = []) {
    this.wrong = wrong;
    this.#object = object;
    this.#pointer = pointer;
  }

  /** Fields that nobody reads, so that the answer can name them: a typo is not lost in silence. */
  unknown(known: ReadonlySet<string>): string[] {
    const names: string[] = [];
    for (const name in this.#object) if (!known.has(name) && names.length < mapEntriesMax) names.push(this.#at(name));
    return names;
  }

  refuse(name: string, detail: string): void {
    this.wrong.push({ pointer: this.#at(name), detail });
  }

  refuseEntry(name: string, key: string, detail: string): void {
    this.wrong.push({ pointer: `${this.#at(name)}/${escaped(key)}`, detail });
  }

  /** Answers '' when it is wrong or missing. Whole numbers are taken as their digits. */
  requiredId(name: string, whenMissing = 'is missing.'): string {
    const id = this.id(name);
    if (id === null && this.#isAbsent(name)) this.refuse(name, whenMissing);
    return id ?? '';
  }

  /** For an id that stands in the address as well. */
  mustBe(name: string, expected: string): void {
    const given = this.id(name);
    if (given !== null && given !== expected) this.refuse(name, 'differs from the one in the address.');
  }

  id(name: string): string | null {
    const value = this.#value(name);
    if (value === null) return null;
    const text = typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : value;
    if (typeof text !== 'string') return this.#refused(name, 'must be a text.');
    const problem = idProblem(text);
    return problem === undefined ? text : this.#refused(name, problem);
  }

  /** A short name, such as of a channel. */
  word(name: string): string | null {
    return this.text(name, wordBytesMax);
  }

  text(name: string, bytesMax = textBytesMax): string | null {
    const value = this.#value(name);
    if (value === null) return null;
    if (typeof value !== 'string') return this.#refused(name, 'must be a text.');
    if (value === '') return this.#refused(name, 'must not be empty.');
    if (value.length > bytesMax || Buffer.byteLength(value) > bytesMax)
      return this.#refused(name, `must not be longer than ${bytesMax} bytes.`);
    const problem = bytesMax < textBytesMax ? textProblem(value) : longTextProblem(value);
    return problem === undefined ? value : this.#refused(name, problem);
  }

  number(name: string, { min, max, whole = false }: { min: number; max: number; whole?: boolean }): number | null {
    const value = this.#value(name);
    if (value === null) return null;
    if (typeof value !== 'number') return this.#refused(name, 'must be a number.');
    if (value >= min && value <= max && (!whole || Number.isInteger(value))) return value;
    return this.#refused(name, `must be a ${whole ? 'whole ' : ''}number from ${min} to ${max}.`);
  }

  flag(name: string): boolean | null {
    const value = this.#value(name);
    if (value === null || typeof value === 'boolean') return value;
    return this.#refused(name, 'must be true or false.');
  }

  /** RFC 3339, or milliseconds since 1970. */
  time(name: string): number | null {
    const value = this.#value(name);
    if (value === null) return null;
    if (typeof value === 'number') return this.#timeNumber(name, value);
    const timeMs = typeof value === 'string' ? parseTime(value) : undefined;
    if (timeMs === undefined)
      return this.#refused(
        name,
        'must be a time such as 2026-11-22T20:15:00Z, with an offset, or milliseconds since 1970.',
      );
    return timeMs >= 0 ? timeMs : this.#refused(name, 'must not be before 1970.');
  }

  /** Texts by name. Numbers and true or false become texts; null counts as absent. */
  textMap(name: string): Record<string, string> {
    const value = this.#value(name);
    if (value === null) return {};
    if (!isObject(value)) return this.#refused(name, 'must be an object.') ?? {};
    const entries: [string, string][] = [];
    for (const key in value) {
      const text = this.#mapText(name, key, value[key]);
      if (text !== undefined) entries.push([key, text]);
      if (entries.length > mapEntriesMax)
        return this.#refused(name, `must not have more than ${mapEntriesMax} entries.`) ?? {};
    }
    return Object.fromEntries(entries);
  }

  words(name: string, entriesMax = listEntriesMax): string[] {
    const value = this.#value(name);
    if (value === null) return [];
    if (!Array.isArray(value)) return this.#refused(name, 'must be a list of texts.') ?? [];
    if (value.length > entriesMax) return this.#refused(name, `must not have more than ${entriesMax} entries.`) ?? [];
    return value.filter((entry: unknown, index): entry is string => {
      const problem = typeof entry === 'string' ? idProblem(entry) : 'must be a text.';
      if (problem !== undefined) this.refuseEntry(name, String(index), problem);
      return problem === undefined;
    });
  }

  /** Numbers by name, each of a known name and within its range. */
  numberMap(
    name: string,
    ranges: ReadonlyMap<string, { readonly min: number; readonly max: number; readonly whole?: boolean }>,
  ): Record<string, number> {
    const numbers = this.#entries(name, ranges).map(
      ([key, range, fields]) => [key, fields.number(key, range)] as const,
    );
    return Object.fromEntries(numbers.filter((entry): entry is [string, number] => entry[1] !== null));
  }

  /** Lists of words by name, each of a known name. */
  wordLists(name: string, known: ReadonlySet<string>): Record<string, string[]> {
    const lists = this.#entries(name, new Map([...known].map((key) => [key, null])));
    return Object.fromEntries(lists.map(([key, , fields]) => [key, fields.words(key, ruleWordsMax)]));
  }

  /** The entries of an object of known names, with what is known of each; the others are refused. */
  #entries<T>(name: string, known: ReadonlyMap<string, T>): [string, T, Fields][] {
    const value = this.#value(name);
    if (value === null) return [];
    if (!isObject(value)) return this.#refused(name, 'must be an object.') ?? [];
    const inner = new Fields(value, this.#at(name), this.wrong);
    const names = known.size === 0 ? 'rules of this kind have none' : `there are ${[...known.keys()].join(', ')}`;
    for (const pointer of inner.unknown(new Set(known.keys())))
      this.wrong.push({ pointer, detail: `is no name that is known here: ${names}.` });
    return [...known].filter(([key]) => Object.hasOwn(value, key)).map(([key, of]) => [key, of, inner]);
  }

  #mapText(name: string, key: string, value: unknown): string | undefined {
    if (value === null) return undefined;
    const text = typeof value === 'number' || typeof value === 'boolean' ? String(value) : value;
    const problem =
      typeof text !== 'string'
        ? 'must be a text, a number, true or false.'
        : Buffer.byteLength(text) > mapValueBytesMax
          ? `must not be longer than ${mapValueBytesMax} bytes.`
          : (keyProblem(key) ?? longTextProblem(text));
    if (problem === undefined) return text as string; // Anything else has a problem.
    this.refuseEntry(name, key, problem);
    return undefined;
  }

  #timeNumber(name: string, value: number): number | null {
    if (value >= secondsLookalikes.from && value < secondsLookalikes.to)
      return this.#refused(name, 'looks like seconds: give milliseconds since 1970.');
    if (value >= 0 && value <= timeMsMax) return Math.floor(value);
    return this.#refused(name, `must be milliseconds since 1970, up to ${timeMsMax}.`);
  }

  /** null stands for a field that is not there, as many clients write it so. */
  #value(name: string): {} | null {
    return Object.hasOwn(this.#object, name) ? (this.#object[name] ?? null) : null;
  }

  #isAbsent(name: string): boolean {
    return this.#value(name) === null;
  }

  #refused(name: string, detail: string): null {
    this.refuse(name, detail);
    return null;
  }

  #at(name: string): string {
    return `${this.#pointer}/${escaped(name)}`;
  }
}

function textProblem(text: string): string | undefined {
  if (controlCharacters.test(text)) return 'must not hold control characters.';
  return text.isWellFormed() ? undefined : 'must be valid Unicode.';
}

/** Descriptions may have lines; only NUL, which many stores can't keep, is out. */
function longTextProblem(text: string): string | undefined {
  if (text.includes('\0')) return 'must not hold a NUL character.';
  return text.isWellFormed() ? undefined : 'must be valid Unicode.';
}

function keyProblem(key: string): string | undefined {
  if (key === '__proto__') return 'must not be named so.';
  if (key === '' || Buffer.byteLength(key) > wordBytesMax) return `must have a name of 1 to ${wordBytesMax} bytes.`;
  return textProblem(key);
}

function parseTime(text: string): number | undefined {
  const match = rfc3339.exec(text);
  if (match === null) return undefined;
  const timeMs = Date.parse(text.replace(/[ t]/, 'T').replace('z', 'Z'));
  const day = Number(match[3]);
  // Date.parse takes 30 February for 1 March.
  const isDay = day >= 1 && day <= new Date(Date.UTC(Number(match[1]), Number(match[2]), 0)).getUTCDate();
  return Number.isNaN(timeMs) || (Number(match[1]) >= 100 && !isDay) ? undefined : timeMs;
}

/** A name as a part of a JSON pointer (RFC 6901), shortened: it comes from the caller. */
function escaped(name: string): string {
  return name.slice(0, wordBytesMax).toWellFormed().replaceAll('~', '~0').replaceAll('/', '~1');
}
