// The `freshet` command: finds the command that is meant, reads its options and runs it.
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { exitCodes, Misused, type Arguments, type Command } from './command.ts';
import { commands } from './commands.ts';
import { familyOf, findCommand } from './find-command.ts';
import { helpOn, overview } from './help.ts';

/** `freshet … | head` closes our output early: that is an end, not a failure. */
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

/** Kinds of errors that say the command, its files or the settings have to change. */
const misuses = new Set(['Misused', 'SettingsInvalid', 'ImportRefused', 'EvaluationRefused', 'Misconfigured']);

process.exitCode = await main(process.argv.slice(2));

async function main(words: readonly string[]): Promise<number> {
  const [first, ...others] = words;
  try {
    if (first === undefined) return say(overview(commands), exitCodes.misused);
    if (first === '-v' || first === '--version' || first === 'version') return say(`${version()}\n`);
    if (isHelp(first)) return say(overview(commands));
    if (first === 'help') return say(helpFor(others));
    if (isHelp(others[0]) && familyOf(commands, first).length > 0) return say(helpFor([first]));
    const { command, rest } = findCommand(commands, words);
    const args = argumentsOf(command, rest);
    if (args.values['help'] === true) return say(helpOn(command));
    checkOperands(command, args);
    const program = await command.load();
    return await program.run(args);
  } catch (error) {
    return failure(error, words.includes('--json'));
  }
}

/** On one command, on those that begin with a word, or on all. */
function helpFor(words: readonly string[]): string {
  if (words.length === 0) return overview(commands);
  const family = words.length === 1 ? familyOf(commands, words[0] ?? '') : [];
  return family.length > 0 ? family.map(helpOn).join('\n') : helpOn(findCommand(commands, words).command);
}

function say(text: string, exitCode: number = exitCodes.done): number {
  (exitCode === exitCodes.done ? process.stdout : process.stderr).write(text);
  return exitCode;
}

function argumentsOf(command: Command, args: readonly string[]): Arguments {
  const options = Object.entries(command.options).map(([name, { type, short }]) => [
    name,
    { type, ...(short === undefined ? {} : { short }) },
  ]);
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: command.operands !== undefined,
      options: { ...Object.fromEntries(options), help: { type: 'boolean', short: 'h' } },
    });
    // No option may be given twice, so there are no arrays.
    return { values: values as Arguments['values'], positionals };
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new Misused(`${error.message.split('. ')[0]}.\nSee freshet help ${command.name}.`, { cause: error });
  }
}

function checkOperands({ name, usage, operands }: Command, { positionals }: Arguments): void {
  if (operands?.count !== 'one' || positionals.length === 1) return;
  throw new Misused(`freshet ${name} ${usage}: give one, not ${positionals.length || 'none'}.`);
}

function isHelp(word: string | undefined): boolean {
  return word === '-h' || word === '--help';
}

/** What somebody can mend is told in one sentence; the rest with where it happened. */
function failure(error: unknown, asJson: boolean): number {
  const kind = error instanceof Error && 'kind' in error ? String(error.kind) : undefined;
  const message = error instanceof Error ? error.message : String(error);
  const isKnown = kind !== undefined && kind !== 'Bug';
  process.stderr.write(`${isKnown || !(error instanceof Error) ? message : (error.stack ?? message)}\n`);
  if (asJson) process.stdout.write(`${JSON.stringify({ error: message })}\n`);
  if (kind === 'ServerAway') return exitCodes.away;
  return kind !== undefined && misuses.has(kind) ? exitCodes.misused : exitCodes.failed;
}

function version(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest ? String(manifest.version) : '?';
}
