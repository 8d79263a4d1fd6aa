// The static checks, in the order in which they run: what is quickest to mend first.

export type Check = { name: string; command: string; args: string[] };

export const checks: Check[] = [
  tool('formatting', 'prettier', '--check', '--log-level', 'warn', '.'),
  tool('types', 'tsc'),
  tool('lint', 'oxlint', '--type-aware', '--deny-warnings'),
  tool('unused code', 'knip', '--no-progress', '--no-config-hints'),
  { name: 'import rules', command: process.execPath, args: ['scripts/check-tree.ts'] },
  { name: 'lock file', command: process.execPath, args: ['scripts/complete-lock.ts', '--check'] },
];

function tool(name: string, command: string, ...args: string[]): Check {
  return { name, command: `node_modules/.bin/${command}`, args };
}
