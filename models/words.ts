// The words of a text that tell what it is about, in English and Portuguese, without knowing which of the two it is: small letters without
// accents, and what plural, gender and a silent e add is cut off. Of English this is the S-stemmer of Harman, "How effective is
// suffixing?" (JASIS 42, 1991); of Portuguese the first steps of Orengo and Huyck, "A stemming algorithm for the Portuguese language"
// (SPIRE 2001): plural and feminine.

/** Shorter ones without a figure say nothing; longer ones are codes and addresses. */
const CHARS_MIN = 2;
const CHARS_MAX = 40;
/** Below this nothing is cut off. */
const STEM_MIN = 3;

const STOP_WORDS = new Set(
  (
    'a an and are as at be by for from has have in into is it its of on or our that the their this to was were with you your ' +
    'ao aos as ate com como da das de dela dele do dos e em entre era essa esse esta este eu foi foram ha isso isto ja la lhe mais mas ' +
    'me mesmo meu minha muito na nao nas nem no nos o os ou para pela pelas pelo pelos por qual quando que quem se sem ser seu seus sua suas ' +
    'sao so tambem te tem um uma umas uns'
  ).split(' '),
);

/** Stems found before, or '' for what is no word: a memory only. Most words of a catalogue are in it again and again. */
const known = new Map<string, string>();
const KNOWN_MAX = 50_000;

/** In their order, with repeats. */
export function wordsOf(text: string): string[] {
  const words: string[] = [];
  for (const raw of text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []) {
    let word = known.get(raw);
    if (word === undefined) {
      word = wordOf(raw);
      if (known.size === KNOWN_MAX) known.clear();
      known.set(raw, word);
    }
    if (word !== '') words.push(word);
  }
  return words;
}

function wordOf(raw: string): string {
  const composed = raw.normalize('NFC');
  const bare = plain(composed);
  if (bare.length > CHARS_MAX || STOP_WORDS.has(bare)) return '';
  if (/\d/.test(bare)) return bare; // a model, a year, a second part: not a plural
  return bare.length < CHARS_MIN ? '' : stem(composed, bare);
}

function plain(word: string): string {
  return word.normalize('NFD').replace(/\p{M}/gu, '');
}

function stem(composed: string, bare: string): string {
  const one = singular(composed, bare);
  const cut = /[aeo]$/.test(one) ? one.slice(0, -1) : one;
  return cut.length >= STEM_MIN ? cut : one;
}

/** What Portuguese plurals end in and singulars with, while they have their accents. */
const ACCENTED_PLURALS = [['ões', 'ao'], ['ães', 'ao'], ['ãos', 'ao'], ['éis', 'el'], ['óis', 'ol']] as const; // prettier-ignore
/** The same without accents, in both languages; the first that fits counts. */
const PLURALS: readonly (readonly [ending: string, singular: string, lengthMin: number])[] = [
  ['ais', 'al', 5],
  ['eis', 'el', 5],
  ['ies', 'y', 5],
  ['sses', 'ss', 5],
  ['ches', 'ch', 6],
  ['shes', 'sh', 6],
  ['xes', 'x', 4],
  ['res', 'r', 5],
  ['zes', 'z', 4],
  ['ns', 'n', 4],
];
/** Singulars that would not meet their plurals above. */
const SINGULARS = [['ie', 'y', 4], ['m', 'n', 3]] as const; // prettier-ignore

/** Pretty or not, the same for one word and its plural is what counts: `box` and `boxes`, `flor` and `flores`, `botão` and `botões`. */
function singular(composed: string, bare: string): string {
  for (const [ending, end] of ACCENTED_PLURALS)
    if (composed.endsWith(ending)) return plain(composed.slice(0, -ending.length)) + end;
  const plural = PLURALS.find(([ending, , lengthMin]) => bare.endsWith(ending) && bare.length >= lengthMin);
  if (plural !== undefined) return bare.slice(0, -plural[0].length) + plural[1];
  const cut = /[^s]s$/.test(bare) && !/(us|is)$/.test(bare) && bare.length > STEM_MIN ? bare.slice(0, -1) : bare;
  const alike = SINGULARS.find(([ending, , lengthMin]) => cut.endsWith(ending) && cut.length >= lengthMin);
  return alike === undefined ? cut : cut.slice(0, -alike[0].length) + alike[1];
}
