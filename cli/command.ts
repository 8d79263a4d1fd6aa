// What a command is: data that help is written from, and a program that is loaded only when it runs.

/** How a command ended. The same for all commands; documented in `freshet --help`. */
export const exitCodes = { done: 0, failed: 1, misused: 2 } as const;

export interface Option {
  readonly type: 'string' | 'boolean';
  readonly short?: string;
  /** What to write after a `string` option: `<folder>`. */
  readonly value?: string;
  readonly doc: string;
}

export interface Arguments {
  readonly values: Readonly<Record<string, string | boolean | undefined>>;
  readonly positionals: readonly string[];
}

export interface Command {
  readonly name: string;
  readonly summary: string;
  /** What follows the name: `<files…> --mapping <yaml>`. */
  readonly usage: string;
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
