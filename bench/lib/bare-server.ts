// The least that can answer: node:http and an lmdb store with ready bytes. `bare-server.ts FOLDER` prints its port.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { open } from 'lmdb';

const path = process.argv[2];
if (path === undefined) throw new Error('which folder?');
const store = open<Buffer, string>({ path, encoding: 'binary' });

const server = createServer((request, response) => {
  const bytes = store.get(request.url ?? '');
  if (bytes === undefined) return void response.writeHead(404).end();
  response.writeHead(200, { 'content-type': 'application/json; charset=utf-8', 'content-length': bytes.length });
  response.end(bytes);
});
server.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port));
