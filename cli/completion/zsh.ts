// Completion for zsh.
import type { Command, Option } from '../command.ts';
import { firstWords, optionsOf, secondWords, valuesOf } from './words.ts';

export function zshScript(commands: readonly Command[]): string {
  const families = [...secondWords(commands)].map(
    ([word, own]) =>
      `    (${word}) _values '${word}' ${own.map((each) => described(each.name.split(' ')[1] ?? '', each.summary)).join(' ')} ;;`,
  );
  return `#compdef freshet
# Completion of freshet for zsh: source <(freshet completion zsh), after compinit
_freshet() {
  local said="\${words[2,CURRENT-1]}"
  case "$said" in
    ('' | help) _values 'command' ${firstWords(commands)
      .map(({ word, doc }) => described(word, doc))
      .join(' ')} ;;
${families.join('\n')}
${commands.map(commandCase).join('\n')}
  esac
}
compdef _freshet freshet
`;
}

/** The words of the command's name are left to the option parser as what it passes over. */
function commandCase(command: Command): string {
  const passed = command.name.split(' ').map((_, index) => `'${index + 1}:: :'`);
  const specs = optionsOf(command).flatMap(([name, option]) => optionSpecs(name, option));
  const operands = operandSpec(command, passed.length + 1);
  return `    (${pattern(command.name)}) _arguments ${[...passed, ...operands, ...specs].join(' ')} ;;`;
}

function operandSpec({ operands }: Command, place: number): string[] {
  if (operands === undefined || operands.complete === 'nothing') return [];
  const action = operands.complete === 'files' ? '_files' : `(${operands.complete.join(' ')})`;
  return [operands.count === 'many' ? `'*:operand:${action}'` : `'${place}:operand:${action}'`];
}

function optionSpecs(name: string, option: Option): string[] {
  const values = valuesOf(option);
  const action = values === 'files' ? '_files' : Array.isArray(values) ? `(${values.join(' ')})` : ' ';
  const tail = `[${escaped(option.doc)}]${values === 'none' ? '' : `:value:${action}`}`;
  return [`--${name}`, ...(option.short === undefined ? [] : [`-${option.short}`])].map((each) => `'${each}${tail}'`);
}

function described(word: string, doc: string): string {
  return `'${word}[${escaped(doc)}]'`;
}

/** Within single quotes, and within the brackets of a description. */
function escaped(text: string): string {
  return text.replace(/[[\]:\\]/g, String.raw`\$&`).replaceAll("'", String.raw`'\''`);
}

function pattern(name: string): string {
  const words = name.replaceAll(' ', String.raw`\ `);
  return String.raw`${words} | ${words}\ *`;
}
