// Every example of the API's document is asked of a real system with its demonstration shop, in the order of the document, and
// answered as the document says: the status, the headers that are promised, and the body, field by field.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { request, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text as textOf } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { after, before, suite, test } from 'node:test';
import { pino } from 'pino';
import { readSettings } from '../../config/settings.ts';
import type { ApiDocument } from '../../gateway/contract/document.ts';
import { documentedExamples, type DocumentedExample } from '../../gateway/contract/documented-examples.ts';
import { heldAgainst, type Check } from '../../gateway/testing/held-against-document.ts';
import { startSystem, type System } from '../../system/start-system.ts';

/** What is written follows moments later, once the shop's history is worked off. */
const patienceMs = 120_000;
const askEveryMs = 50;
/** Of one customer. */
const visitorsMax = 32;

type DeadLetters = { readonly dead_letters: readonly { readonly position: string }[] };

const waysToAnswer = { 'by the thread that processes': '0', 'by a thread of its own': '1', 'by three threads': '3' };

for (const [how, GATEWAY_WORKERS] of Object.entries(waysToAnswer))
  suite(`the examples of /openapi.json, answered ${how}`, { timeout: 400_000 }, () => {
    const folder = mkdtempSync(join(tmpdir(), 'freshet-examples-'));
    let system: System;
    let check: Check;
    let examples: readonly DocumentedExample[];
    let lastAnswer: { readonly headers: Headers } | undefined;
    before(async () => {
      const { settings } = readSettings({
        API_PORT: '0',
        DATA_DIR: folder,
        DEMO: 'on',
        LOG_LEVEL: 'silent',
        GATEWAY_WORKERS,
      });
      system = await startSystem(settings, pino({ level: 'silent' }), '0.0.0');
      await system.started;
      await untilReady();
      const text = await (await fetch(`${system.url}/openapi.json`)).text();
      check = heldAgainst(text);
      examples = inOrder(documentedExamples(JSON.parse(text) as ApiDocument));
      await leaveADeadLetter();
    });
    after(async () => {
      await system.stop();
      rmSync(folder, { recursive: true, force: true });
    });

    test('answer as they say', async (context) => {
      assert.ok(examples.length > 30, `only ${examples.length} examples`);
      for (const example of examples)
        await context.test(`${example.operationId}: ${example.name}`, () => answersAsShown(example));
    });

    async function answersAsShown(example: DocumentedExample): Promise<void> {
      const { method, status } = example;
      const path = await addressOf(example);
      for (const untilMs = Date.now() + patienceMs; ; await sleep(askEveryMs)) {
        const answer = await ask({ ...example, path });
        check(method, path, answer);
        if (answer.status === status && !isStillEmpty(example, answer.text)) {
          lastAnswer = answer;
          return;
        }
        // A write is made once: again it would be another one. A read waits for what was written before.
        assert.ok(!example.isWrite && Date.now() < untilMs, `${method} ${path}: ${answer.status} ${answer.text}`);
      }
    }

    /** Where a deletion and a dead letter stand is known when there is one. */
    async function addressOf({ operationId, path }: DocumentedExample): Promise<string> {
      if (operationId === 'getDeletion') return lastAnswer?.headers.get('location') ?? path;
      if (operationId !== 'getDeadLetter') return path;
      const list = '/api/v1/dead-letters';
      for (;;) {
        const { dead_letters: letters } = (await (await fetch(`${system.url}${list}`)).json()) as DeadLetters;
        if (letters[0] !== undefined) return `${list}/${letters[0].position}`;
        await sleep(askEveryMs);
      }
    }

    /** More visitors than one customer may have. */
    async function leaveADeadLetter(): Promise<void> {
      for (let visitor = 0; visitor <= visitorsMax; visitor += 1) {
        const body = { anonymous_id: `visitor-${visitor}`, customer_id: 'everybody' };
        const { status } = await ask({ method: 'POST', path: '/api/v1/identify', body });
        assert.equal(status, 202);
      }
    }

    async function ask({ method, path, body }: Pick<DocumentedExample, 'method' | 'path' | 'body'>) {
      const headers = { 'content-type': 'application/json' };
      // A connection of its own for each, so that all threads are asked.
      const asking = request(`${system.url}${path}`, { method, headers, agent: false });
      asking.end(body === undefined ? undefined : JSON.stringify(body));
      const [answer] = (await once(asking, 'response')) as [IncomingMessage];
      const names = Object.entries(answer.headers).map(([name, value]): [string, string] => [name, String(value)]);
      return { status: answer.statusCode ?? 0, headers: new Headers(names), text: await bodyOf(answer) };
    }

    async function untilReady(): Promise<void> {
      for (const untilMs = Date.now() + patienceMs; ; await sleep(askEveryMs)) {
        if ((await fetch(`${system.url}/readyz`)).ok) return;
        assert.ok(Date.now() < untilMs, 'the system did not become ready');
      }
    }
  });

/** What is written comes before what reads it, and a deletion last, but for how far it is. */
function inOrder(examples: readonly DocumentedExample[]): readonly DocumentedExample[] {
  const ranks = ['PUT', 'POST', 'PATCH', 'GET', 'DELETE'];
  const rankOf = ({ method, operationId }: DocumentedExample) =>
    operationId === 'getDeletion' ? ranks.length : ranks.indexOf(method);
  return examples.toSorted((one, other) => rankOf(one) - rankOf(other));
}

/** Of a stream, which has no end, what comes first. */
async function bodyOf(answer: IncomingMessage): Promise<string> {
  if (!answer.headers['content-type']?.startsWith('text/event-stream')) return textOf(answer);
  const [first] = (await once(answer, 'data')) as [Buffer];
  answer.destroy();
  return first.toString();
}

/** An example that shows items is not answered by an empty list; only what is bought together is a matter of luck in this shop. */
function isStillEmpty({ operationId, answer, status }: DocumentedExample, text: string): boolean {
  if (operationId === 'getItemsBoughtTogether') return false;
  if (status !== 200 || typeof answer !== 'object' || answer === null || !('items' in answer)) return false;
  const { items } = JSON.parse(text) as { items: readonly unknown[] };
  return items.length === 0;
}
