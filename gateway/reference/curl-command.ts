// An example as a command to be pasted into a shell.
import type { DocumentedExample } from '../contract/documented-examples.ts';

const shownOrigin = 'http://localhost:8000';

export function curlCommand({ method, path, body }: Pick<DocumentedExample, 'method' | 'path' | 'body'>): string {
  const isPlain = method === 'GET' || (method === 'POST' && body !== undefined);
  const parts = [
    'curl -s',
    ...(isPlain ? [] : [`-X ${method}`]),
    quoted(`${shownOrigin}${path}`),
    ...(body === undefined
      ? []
      : [lineBreak, "-H 'Content-Type: application/json'", lineBreak, `-d ${quoted(bodyText(body))}`]),
  ];
  return parts.join(' ').replaceAll(`${lineBreak} `, lineBreak);
}

const lineBreak = '\\\n  ';

function bodyText(body: unknown): string {
  return JSON.stringify(body, null, 2);
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
