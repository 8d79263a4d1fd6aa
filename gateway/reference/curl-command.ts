// An example as a command to be pasted into a shell.
import type { DocumentedExample } from '../contract/documented-examples.ts';

const shownOrigin = 'http://localhost:8000';

type Shown = Pick<DocumentedExample, 'method' | 'path' | 'body'> & { readonly contentType?: string };

export function curlCommand({ method, path, body, contentType }: Shown): string {
  const isPlain = method === 'GET' || (method === 'POST' && body !== undefined);
  const parts = [
    contentType === 'text/event-stream' ? 'curl -sN' : 'curl -s', // what streams is shown as it comes
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
