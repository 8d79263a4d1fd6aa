// Which texts are taken: neither control characters nor half characters, and none that are too long.
import type { JsonSchema } from './json-schema.ts';

/** Of a customer's id, an item's, a session's … The processors take no longer ones. */
const idCharactersMax = 256;
const idBytesMax = 512;
/** Of a short name, such as a channel's. */
export const wordBytesMax = 64;

// Control characters break log lines and tables; half a surrogate pair would become another id when encoded.
const controls = String.raw`\u0000-\u001f\u007f-\u009f`;
const controlCharacters = new RegExp(`[${controls}]`);
/** White space alone is no id. JavaScript's has a character that other languages' does not: it is named. */
const blanks = String.raw`\s\ufeff`;

export const idSchema: JsonSchema = {
  ...inBytes(idBytesMax),
  type: 'string',
  minLength: 1,
  maxLength: idCharactersMax,
  pattern: idPattern(),
};

/** Of an id in a list that is written with commas. */
export const listedIdSchema: JsonSchema = { ...idSchema, pattern: idPattern(',') };

/** What a short text may hold, and a long one. */
export const textPattern = `^[^${controls}]*$`;
export const longTextPattern = String.raw`^[^\u0000]*$`;

/** JSON Schema counts characters only: the limit of bytes is said in words, and for programs. */
export function inBytes(bytesMax: number): JsonSchema {
  return { description: `At most ${bytesMax} bytes in UTF-8.`, 'x-bytes-max': bytesMax };
}

function idPattern(without = ''): string {
  const any = `[^${controls}${without}]*`;
  return `^${any}[^${controls}${blanks}${without}]${any}$`;
}

/** What is wrong with an id, or undefined. */
export function idProblem(text: string): string | undefined {
  if (text.trim() === '') return 'must not be empty.';
  if (text.length > idCharactersMax || (text.length > idBytesMax / 3 && Buffer.byteLength(text) > idBytesMax))
    return `must not be longer than ${idCharactersMax} characters or ${idBytesMax} bytes.`;
  return textProblem(text);
}

export function textProblem(text: string): string | undefined {
  if (controlCharacters.test(text)) return 'must not hold control characters.';
  return text.isWellFormed() ? undefined : 'must be valid Unicode.';
}

/** Descriptions may have lines; only NUL, which many stores can't keep, is out. */
export function longTextProblem(text: string): string | undefined {
  if (text.includes('\0')) return 'must not hold a NUL character.';
  return text.isWellFormed() ? undefined : 'must be valid Unicode.';
}
