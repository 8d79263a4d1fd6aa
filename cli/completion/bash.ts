// Completion for bash, from version 3.2 on, as macOS has it.
import type { Command } from '../command.ts';
import { firstWords, optionsOf, secondWords, valuesOf } from './words.ts';

export function bashScript(commands: readonly Command[]): string {
  const first = firstWords(commands).map(({ word }) => word);
  const seconds = [...secondWords(commands)].map(
    ([word, own]) => `    ${word}) offers="${own.map(({ name }) => name.split(' ')[1]).join(' ')}" ;;`,
  );
  return `# Completion of freshet for bash: source <(freshet completion bash)
_freshet() {
  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]} offers= files=
  local line="\${COMP_WORDS[*]:1:COMP_CWORD-1} "
  case "$line" in
    ' ' | 'help ') offers="${first.join(' ')}" ;;
${commands.map(commandCase).join('\n')}
  esac
  [ -z "$offers$files" ] && case "\${line% }" in
${seconds.join('\n')}
  esac
  COMPREPLY=()
  [ -n "$offers" ] && COMPREPLY=($(compgen -W "$offers" -- "$word"))
  local IFS=$'\n'
  [ -n "$files" ] && COMPREPLY+=($(compgen -f -- "$word"))
}
complete -o filenames -F _freshet freshet
`;
}

function commandCase(command: Command): string {
  const options = optionsOf(command);
  const values = options.flatMap(([name, option]) => {
    const offered = valuesOf(option);
    if (offered === 'none') return [];
    const names = [`--${name}`, ...(option.short === undefined ? [] : [`-${option.short}`])].join(' | ');
    const action = offered === 'files' ? 'files=1' : offered === 'anything' ? ':' : `offers="${offered.join(' ')}"`;
    return [`        ${names}) ${action} ;;`];
  });
  const names = options.map(([name]) => `--${name}`).join(' ');
  const operands = command.operands?.complete ?? 'nothing';
  const other = operands === 'files' ? '; files=1' : '';
  const words = Array.isArray(operands) ? `${operands.join(' ')} ` : '';
  return `    '${command.name} '*)
      case "$before" in
${[...values, `        *) offers="${words}${names}"${other} ;;`].join('\n')}
      esac ;;`;
}
