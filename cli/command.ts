// What a command is: data that help is written from, and a program that is loaded only when it runs.

/** How a command ended. The same for all commands. */
export const exitCodes = { done: 0, failed: 1, misused: 2, away: 3 } as const;

/** What help says of each. */
export const exitCodeDocs: Readonly<Record<keyof typeof exitCodes, string>> = {
  done: 'done',
  failed: 'failed, not ready, not found or interrupted: the message says which',
  misused: 'wrong usage or settings: nothing was done',
  away: 'the server does not answer: try again later',
};

export interface Option {
  readonly type: 'string' | 'boolean';
  readonly short?: string;
  /** What to write after a `string` option: `<folder>`. */
  readonly value?: string;
  /** All that may be written there, for completion. */
  readonly choices?: readonly string[];
  readonly doc: string;
}

/** What a command takes beside options. */
export interface Operands {
  readonly count: 'one' | 'many';
  /** What completion offers. */
  readonly complete: 'files' | 'nothing' | readonly string[];
}

export interface Arguments {
  readonly values: Readonly<Record<string, string | boolean | undefined>>;
  readonly positionals: readonly string[];
}

export interface Command {
  /** One word, or two: `dead-letters list`. */
  readonly name: string;
  readonly summary: string;
  /** What follows the name: `<files…> --mapping <yaml>`. */
  readonly usage: string;
  readonly operands?: Operands;
  /** A paragraph or two, for `freshet help <name>`. */
  readonly description: string;
  readonly options: Readonly<Record<string, Option>>;
  readonly examples: readonly { readonly line: string; readonly doc: string }[];
  /** Loads the program. */
  load(): Promise<{ run(args: Arguments): Promise<number> }>;
}

/** The command was not used as it can be. Verdict: say so on standard error, exit 2. */
export class Misused extends Error {
  readonly kind = 'Misused';
}

/** The server could not be reached. Verdict: say so, exit 3. */
export class ServerAway extends Error {
  readonly kind = 'ServerAway';
}

/** The server answered, but not with what was asked for. Verdict: say so, exit 1. */
export class ServerRefused extends Error {
  readonly kind = 'ServerRefused';
}

/** What was named is not there. Verdict: say so, exit 1. */
export class NotFound extends Error {
  readonly kind = 'NotFound';
}

export function isJson({ values }: Arguments): boolean {
  return values['json'] === true;
}

export function textOption({ values }: Arguments, name: string): string | undefined {
  const value = values[name];
  return typeof value === 'string' ? value : undefined;
}

/** @throws Misused when the option is given but no whole number from `least` on. */
export function countOption(args: Arguments, name: string, least: number): number | undefined {
  const text = textOption(args, name);
  if (text === undefined) return undefined;
  const count = Number(text);
  if (!Number.isSafeInteger(count) || count < least)
    throw new Misused(`--${name} wants a whole number from ${least} on, not ${text}`);
  return count;
}
