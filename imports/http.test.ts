// Imports through a server give the same log as direct ones, whatever gets lost on the way.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { Clock } from '../streams/index.ts';
import { HttpTarget } from './http-target.ts';
import { importFile } from './import-file.ts';
import { LogTarget } from './log-target.ts';
import { parseMapping } from './mapping/mapping.ts';
import { RejectionReport } from './rejection-report.ts';
import { createImportServer, type ImportAnswer } from './server.ts';
import type { ImportTarget } from './target.ts';
import { MemoryLog } from './testing/memory-log.ts';

const folder = mkdtempSync(join(tmpdir(), 'freshet-http-import-'));
after(() => rmSync(folder, { recursive: true }));

/** Waits pass at once, and the time they would have taken with them. */
class HurriedClock implements Clock {
  private timeMs = Date.UTC(2026, 0, 1);

  nowMs(): number {
    return this.timeMs;
  }

  sleep(ms: number): Promise<void> {
    this.timeMs += ms;
    return Promise.resolve();
  }
}

const mapping = parseMapping(
  `
target: interactions
format: { type: csv }
fields: { customer_id: who, event_type: { constant: search }, timestamp: { column: at, unit: s } }
`,
  'test.yaml',
);
const path = join(folder, 'searches.csv');
const lines = Array.from({ length: 6000 }, (_, index) => `c${index % 9},${1_700_000_000 + index}\n`);
writeFileSync(path, `who,at\n${lines.join('')}`);

type Trouble = 'lose the answer' | 'lose the question' | 'busy' | 'broken pipe of something in between';

interface Served {
  readonly log: MemoryLog;
  readonly url: string;
  /** What goes wrong with the next chunks, one each. */
  readonly troubles: Trouble[];
  close(): Promise<void>;
}

async function serve(key?: string): Promise<Served> {
  const log = new MemoryLog();
  const imports = createImportServer({ log, prefix: 't', clock: new HurriedClock() });
  const troubles: Trouble[] = [];
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    log,
    troubles,
    url: `http://127.0.0.1:${port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await imports.close();
    },
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const importId = /\/api\/v1\/imports\/([^/]+)/.exec(request.url ?? '')?.[1] ?? '';
    let body = '';
    for await (const piece of request) body += String(piece);
    if (key !== undefined && request.headers.authorization !== `Bearer ${key}`) return send(response, 403, {});
    if (request.method === 'GET') return sendAnswer(response, await imports.progress(importId));
    const trouble = troubles.shift();
    if (trouble === 'lose the question') return void response.destroy();
    if (trouble === 'busy') return send(response, 503, { detail: 'later' });
    if (trouble === 'broken pipe of something in between') return void response.writeHead(502).end('<html>');
    const result = await imports.commitChunk(importId, JSON.parse(body));
    if (trouble === 'lose the answer') return void response.destroy();
    sendAnswer(response, result);
  }
}

function sendAnswer(response: ServerResponse, { status, body }: ImportAnswer): void {
  send(response, status, body);
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function run(target: ImportTarget, limit?: number) {
  const report = new RejectionReport(join(folder, `${target.name.replace(/\W/g, '')}.jsonl`));
  const job = { path, mapping, target, report, clock: new HurriedClock() };
  return importFile(limit === undefined ? job : { ...job, limit });
}

function overHttp({ url }: Served, key?: string): HttpTarget {
  return new HttpTarget({ url, clock: new HurriedClock(), ...(key === undefined ? {} : { key }) });
}

function contents(log: MemoryLog): string[] {
  return log.all('t.interactions.v1').map(({ key, value }) => `${String(key)} ${(value as Buffer).toString('hex')}`);
}

async function direct(): Promise<string[]> {
  const log = new MemoryLog();
  await run(new LogTarget({ name: 'direct', log, prefix: 't', clock: new HurriedClock() }));
  return contents(log);
}

test('through a server or directly: the same records', async (t) => {
  const served = await serve();
  t.after(() => served.close());
  const summary = await run(overHttp(served));
  assert.deepEqual([summary.outcome, summary.accepted], ['done', 6000]);
  assert.deepEqual(contents(served.log), await direct());
  assert.equal((await run(overHttp(served))).outcome, 'done before');
});

test('lost questions, lost answers and a busy server double and lose nothing', async (t) => {
  const served = await serve();
  t.after(() => served.close());
  served.troubles.push('lose the answer', 'busy', 'lose the question', 'lose the answer');
  served.troubles.push('broken pipe of something in between', 'lose the answer');
  served.log.faults.push('lost after', 'unavailable');
  await run(overHttp(served));
  assert.deepEqual(contents(served.log), await direct());
});

test('two clients with the same file, and one that was stopped, go on from where the import is', async (t) => {
  const served = await serve();
  t.after(() => served.close());
  await run(overHttp(served), 1500);
  await Promise.all([run(overHttp(served)), run(overHttp(served))]);
  assert.deepEqual(contents(served.log), await direct());
});

test('a server that starts anew in the middle, with another one’s import open, answers the real line', async (t) => {
  const served = await serve();
  t.after(() => served.close());
  const second = createImportServer({ log: served.log, prefix: 't', clock: new HurriedClock() });
  await run(overHttp(served), 3000);
  const body = { file: 'f', from_line: 0, to_line: 9, to_byte: 99, rejected: 0, finished: false, records: [] };
  const { import_id: id } = await run(overHttp(served), 4000);
  const answer = await second.commitChunk(id, body);
  assert.equal(answer.status, 409);
  assert.equal('lines' in answer.body && answer.body.lines, 4000);
  assert.equal((await run(overHttp(served))).accepted, 6000);
});

test('chunks that are not right are refused with their field', async () => {
  const server = createImportServer({ log: new MemoryLog(), prefix: 't', clock: new HurriedClock() });
  const good = { file: 'f', from_line: 0, to_line: 1, to_byte: 9, rejected: 0, finished: false, records: [] };
  const wrong: [body: unknown, pointer: string][] = [
    [null, ''],
    [{ ...good, from_line: -1 }, '/from_line'],
    [{ ...good, from_line: 2 }, '/to_line'],
    [
      { ...good, records: [{ target: 'interactions', value: { customer_id: 'c' } }] },
      '/records/0/value/interaction_id',
    ],
  ];
  for (const [body, pointer] of wrong) {
    const { status, body: answered } = await server.commitChunk('one', body);
    assert.equal(status, 422);
    assert.equal('detail' in answered && answered.errors?.[0]?.pointer, pointer);
  }
  assert.equal((await server.commitChunk('../x', good)).status, 400);
  assert.equal((await server.progress('unknown')).status, 404);
  assert.equal((await server.commitChunk('one', good)).status, 200);
});

test('without the right key, without a server, or with another server: it says so', async (t) => {
  const served = await serve('secret');
  t.after(() => served.close());
  await assert.rejects(run(overHttp(served)), { kind: 'ImportRefused', message: /scope admin/ });
  assert.equal((await run(overHttp(served, 'secret'), 100)).lines, 100);
  const nobody = new HttpTarget({ url: 'http://127.0.0.1:9', clock: new HurriedClock() });
  await assert.rejects(run(nobody), { kind: 'ImportInterrupted', message: /can't be used: .*same command goes on/ });

  const other = createServer((_, response) => send(response, 200, { hello: 'world' }));
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  t.after(() => other.close());
  const url = `http://127.0.0.1:${(other.address() as AddressInfo).port}`;
  const stranger = new HttpTarget({ url, clock: new HurriedClock() });
  await assert.rejects(run(stranger), { kind: 'ImportRefused', message: /is it Freshet/ });
});
