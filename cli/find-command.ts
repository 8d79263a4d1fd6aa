// Which command is meant by the first words of a line.
import { nearest } from '../imports/nearest.ts';
import { Misused, type Command } from './command.ts';

export interface Found {
  readonly command: Command;
  /** What follows its name. */
  readonly rest: readonly string[];
}

/** @throws Misused with what may be meant, when there is no such command. */
export function findCommand(commands: readonly Command[], words: readonly string[]): Found {
  const command = commands.find(({ name }) => beginsWith(words, name.split(' ')));
  if (command !== undefined) return { command, rest: words.slice(command.name.split(' ').length) };
  const first = words[0] ?? '';
  const family = familyOf(commands, first);
  if (family.length > 0) throw new Misused(`freshet ${first} needs one of: ${family.map(secondWord).join(', ')}.`);
  const names = [...new Set(commands.map(({ name }) => name.split(' ')[0] ?? name))];
  const meant = nearest(first, names);
  throw new Misused(
    `There is no command ${first}. ${meant === undefined ? `There are: ${names.join(', ')}.` : `Did you mean ${meant}?`}`,
  );
}

/** The commands of two words that begin with this one. */
export function familyOf(commands: readonly Command[], word: string): readonly Command[] {
  return commands.filter(({ name }) => name.startsWith(`${word} `));
}

function secondWord({ name }: Command): string {
  return name.split(' ')[1] ?? name;
}

function beginsWith(words: readonly string[], name: readonly string[]): boolean {
  return name.every((word, index) => words[index] === word);
}
