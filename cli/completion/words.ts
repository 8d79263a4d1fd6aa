// What the completion of all shells is made of.
import type { Command, Option } from '../command.ts';

/** Words that stand alone beside the commands. */
export const helpWord = { name: 'help', doc: 'Explains a command.' } as const;

/** What may follow `freshet`: the first words of all commands, each once, with what they do. */
export function firstWords(commands: readonly Command[]): readonly { readonly word: string; readonly doc: string }[] {
  const families = Map.groupBy(commands, ({ name }) => name.split(' ')[0] ?? name);
  const words = [...families].map(([word, own]) => ({
    word,
    doc: own.length === 1 ? (own[0]?.summary ?? '') : own.map(({ name }) => name.split(' ')[1]).join(', '),
  }));
  return [...words, { word: helpWord.name, doc: helpWord.doc }];
}

/** What may follow the first word of commands that have two. */
export function secondWords(commands: readonly Command[]): ReadonlyMap<string, readonly Command[]> {
  return Map.groupBy(
    commands.filter(({ name }) => name.includes(' ')),
    ({ name }) => name.split(' ')[0] ?? name,
  );
}

export function optionsOf({ options }: Command): readonly (readonly [name: string, option: Option])[] {
  return [...Object.entries(options), ['help', { type: 'boolean', short: 'h', doc: 'Shows help.' }]];
}

/** What may be written after an option. */
export function valuesOf({ type, value, choices }: Option): 'none' | 'files' | 'anything' | readonly string[] {
  if (type === 'boolean') return 'none';
  if (choices !== undefined) return choices;
  return ['<file>', '<folder>', '<yaml>'].includes(value ?? '') ? 'files' : 'anything';
}
