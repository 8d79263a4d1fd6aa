// A stand-in for the endpoints at which Google gives out tokens, and a key for it.
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';

/** Of its tokens. */
export const lifeS = 3_600;
export const { publicKey, privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});

/** Answers as Google does, with tokens `token-1`, `token-2` …; remembers what it was asked. */
export async function google(t: TestContext) {
  const asked: { path: string; body: string; flavor: string | undefined }[] = [];
  const state = { tokens: 0, isAway: false };
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const path = request.url ?? '';
    asked.push({ path, body: Buffer.concat(chunks).toString(), flavor: request.headers['metadata-flavor'] as string });
    if (state.isAway) response.writeHead(503).end('away');
    else if (path.endsWith('/email')) response.end('machine@project.example');
    else response.end(JSON.stringify({ access_token: `token-${(state.tokens += 1)}`, expires_in: lifeS }));
  };
  const server = createServer((request, response) => void answer(request, response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked, state };
}

export function keyFile(t: TestContext, content: Record<string, unknown>): string {
  const folder = mkdtempSync(join(tmpdir(), 'freshet-google-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'key.json');
  writeFileSync(file, JSON.stringify(content));
  return file;
}
