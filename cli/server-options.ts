// The options of every command that asks a running server.
import type { Option } from './command.ts';

export const serverOptions = {
  url: { type: 'string', value: '<url>', doc: 'Default: http://API_HOST:API_PORT.' },
  key: { type: 'string', value: '<key>', doc: 'An API key with the scope admin.' },
  'key-file': {
    type: 'string',
    value: '<file>',
    doc: 'Reads the API key from a file, which shows it to nobody.',
  },
  json: { type: 'boolean', doc: 'Writes the result as JSON to standard output.' },
} as const satisfies Record<string, Option>;
