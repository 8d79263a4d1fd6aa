// The words of a text that tell what it is about, in English and Portuguese, without knowing which of the two it is: small letters without
// accents, and what plural, gender and a silent e add is cut off. Of English this is the S-stemmer of Harman, "How effective is
// suffixing?" (JASIS 42, 1991); of Portuguese the first steps of Orengo and Huyck, "A stemming algorithm for the Portuguese language"
// (SPIRE 2001): plural and feminine.

/** Shorter ones say nothing; longer ones are codes and addresses. */
const CHARS_MIN = 2;
const CHARS_MAX = 40;
/** Below this nothing is cut off. */
const STEM_MIN = 3;

const STOP_WORDS = new Set(
  (
    'a an and are as at be by for from has have in is it its of on or our that the their this to was with you your ' +
    'o os as um uma uns umas e ou de do da dos das em no na nos nas por pelo pela para com sem que se ao aos seu sua seus suas ' +
    'mais muito este esta isto esse essa nao e'
  ).split(' '),
);

/** In their order, with repeats. */
export function wordsOf(text: string): string[] {
  const words: string[] = [];
  for (const [raw] of text.toLowerCase().matchAll(/[\p{L}\p{N}]+/gu)) {
    const plain = withoutAccents(singularOfTilde(raw.normalize('NFC')));
    if (plain.length >= CHARS_MIN && plain.length <= CHARS_MAX && !STOP_WORDS.has(plain)) words.push(stem(plain));
  }
  return words;
}

/** `cartões`, `pães`: while the tilde still tells them from English words. */
function singularOfTilde(word: string): string {
  return word.replace(/(ões|ães)$/, 'ão');
}

function withoutAccents(word: string): string {
  return word.normalize('NFD').replace(/\p{M}/gu, '');
}

function stem(word: string): string {
  const one = singular(word);
  const cut = /[aeo]$/.test(one) ? one.slice(0, -1) : one;
  return cut.length >= STEM_MIN ? cut : one;
}

function singular(word: string): string {
  if (word.length <= STEM_MIN) return word;
  if (word.endsWith('ies')) return `${word.slice(0, -3)}y`;
  if (word.endsWith('ais')) return `${word.slice(0, -3)}al`;
  if (word.endsWith('eis')) return `${word.slice(0, -3)}el`;
  return /[^su]s$/.test(word) ? word.slice(0, -1) : word;
}
