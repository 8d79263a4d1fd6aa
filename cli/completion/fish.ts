// Completion for fish, from version 3 on.
import type { Command, Option } from '../command.ts';
import { firstWords, optionsOf, secondWords, valuesOf } from './words.ts';

/** `help` is followed by the first word of any command. */
const afterHelp = '__fish_seen_subcommand_from help; and test (count (commandline -opc)) -eq 2';

export function fishScript(commands: readonly Command[]): string {
  const first = ['__fish_use_subcommand', afterHelp].flatMap((condition) =>
    firstWords(commands).map(({ word, doc }) => offer(condition, word, doc)),
  );
  const seconds = [...secondWords(commands)].flatMap(([word, own]) => {
    const known = own.map(({ name }) => name.split(' ')[1] ?? '');
    const condition = `__fish_seen_subcommand_from ${word}; and not __fish_seen_subcommand_from ${known.join(' ')}`;
    return own.map(({ summary }, index) => offer(condition, known[index] ?? '', summary));
  });
  return `# Completion of freshet for fish: freshet completion fish | source
complete -c freshet -f
${[...first, ...seconds, ...commands.flatMap(ofCommand)].join('\n')}
`;
}

function ofCommand(command: Command): string[] {
  const condition = command.name
    .split(' ')
    .map((word) => `__fish_seen_subcommand_from ${word}`)
    .join('; and ');
  return [
    ...operands(condition, command),
    ...optionsOf(command).map(([name, option]) => ofOption(condition, name, option)),
  ];
}

function operands(condition: string, { operands: taken }: Command): string[] {
  if (taken === undefined || taken.complete === 'nothing') return [];
  if (taken.complete === 'files') return [`complete -c freshet -n ${quoted(condition)} -F`];
  return [`complete -c freshet -n ${quoted(condition)} -a ${quoted(taken.complete.join(' '))}`];
}

function ofOption(condition: string, name: string, option: Option): string {
  const values = valuesOf(option);
  const short = option.short === undefined ? '' : ` -s ${option.short}`;
  const value =
    values === 'none'
      ? ''
      : values === 'files'
        ? ' -r -F'
        : values === 'anything'
          ? ' -x'
          : ` -x -a ${quoted(values.join(' '))}`;
  return `complete -c freshet -n ${quoted(condition)} -l ${name}${short}${value} -d ${quoted(option.doc)}`;
}

function offer(condition: string, word: string, doc: string): string {
  return `complete -c freshet -n ${quoted(condition)} -a ${word} -d ${quoted(doc)}`;
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", String.raw`\'`)}'`;
}
