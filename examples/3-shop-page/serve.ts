// The server of a small shop: `serve.ts <port> <Freshet's address>`. It serves the page, and asks Freshet for the page.
//
// Freshet's key, in FRESHET_KEY, stays here: what a page knows, its visitors know.
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { json } from 'node:stream/consumers';

const [port = '8080', freshet = 'http://localhost:8000'] = process.argv.slice(2);
const key = process.env['FRESHET_KEY'];
const page = readFileSync(new URL('index.html', import.meta.url));

interface Looked {
  readonly customer: string;
  readonly item: string;
}

const server = createServer((request, response) => {
  answer(request, response).catch((error: unknown) => {
    process.stderr.write(`${String(error)}\n`);
    if (!response.headersSent) response.writeHead(502);
    response.end();
  });
});
server.listen(Number(port), '127.0.0.1', () => process.stdout.write(`http://localhost:${port}/\n`));

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://shop');
  if (pathname === '/') {
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(page);
  } else if (request.method === 'POST' && pathname === '/looked') {
    const { customer, item } = (await json(request)) as Looked;
    await passOn(response, '/interactions', { customer_id: customer, event_type: 'view', item_id: item });
  } else if (pathname === '/offers') {
    const customer = encodeURIComponent(searchParams.get('customer') ?? '');
    // The list reflects what was looked at up to this position.
    const position = searchParams.get('position');
    await passOn(response, `/recommendations/${customer}?limit=4${position ? `&min_position=${position}` : ''}`);
  } else {
    response.writeHead(404).end();
  }
}

async function passOn(response: ServerResponse, path: string, body?: object): Promise<void> {
  const asked = await fetch(`${freshet}/api/v1${path}`, {
    headers: { 'content-type': 'application/json', ...(key !== undefined && { 'x-api-key': key }) },
    ...(body !== undefined && { method: 'POST', body: JSON.stringify(body) }),
  });
  response.writeHead(asked.status, { 'content-type': 'application/json' }).end(await asked.text());
}
