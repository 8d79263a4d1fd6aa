// The words of an item's text that say something, in English and in Portuguese alike: a catalogue may mix both.

/** Words that say nothing of an item, without accents. */
const STOP_WORDS = new Set(
  (
    'a an and are as at be by for from in into is it its of on or that the this to was were with ' +
    'ao aos as ate com como da das de dela dele do dos e em entre era essa esse esta este eu foi foram ha isso isto ja la lhe mais mas ' +
    'me mesmo meu minha na nao nas nem no nos o os ou para pela pelas pelo pelos por qual quando que quem se sem ser seu sua sao so ' +
    'tambem te tem um uma umas uns'
  ).split(' '),
);
const WORD = /[\p{L}\p{N}]+/gu;
const ACCENTS = /\p{M}/gu;

/** Lower case, without accents and plurals; words that say nothing are left out. The same word may come more than once. */
export function termsOf(text: string): string[] {
  const words = text.normalize('NFC').toLowerCase().match(WORD) ?? [];
  return words
    .map((word) => (/\d/.test(word) ? plain(word) : singular(word)))
    .filter((word) => !STOP_WORDS.has(word) && word !== '');
}

/** What Portuguese plurals end in and singulars with, while they have their accents. */
const ACCENTED_PLURALS = [['ões', 'ao'], ['ães', 'ao'], ['ãos', 'ao'], ['éis', 'el'], ['óis', 'ol']] as const; // prettier-ignore
/** The same without accents, in both languages; the first that fits counts. */
const PLURALS: readonly (readonly [ending: string, singular: string, lengthMin: number])[] = [
  ['ais', 'al', 5],
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
const SINGULARS = [['ie', 'y', 4], ['re', 'r', 4], ['ze', 'z', 3], ['m', 'n', 3]] as const; // prettier-ignore

/** Pretty or not, the same for one word and its plural is what counts: `box` and `boxes`, `flor` and `flores`, `botão` and `botões`. */
function singular(word: string): string {
  for (const [ending, end] of ACCENTED_PLURALS)
    if (word.endsWith(ending)) return plain(word.slice(0, -ending.length)) + end;
  const bare = plain(word);
  if (STOP_WORDS.has(bare)) return bare;
  const plural = PLURALS.find(([ending, , lengthMin]) => bare.endsWith(ending) && bare.length >= lengthMin);
  if (plural !== undefined) return bare.slice(0, -plural[0].length) + plural[1];
  const cut = /[^s]s$/.test(bare) && !/(us|is)$/.test(bare) && bare.length > 3 ? bare.slice(0, -1) : bare;
  const alike = SINGULARS.find(([ending, , lengthMin]) => cut.endsWith(ending) && cut.length >= lengthMin);
  return alike === undefined ? cut : cut.slice(0, -alike[0].length) + alike[1];
}

function plain(word: string): string {
  return word.normalize('NFD').replaceAll(ACCENTS, '');
}
