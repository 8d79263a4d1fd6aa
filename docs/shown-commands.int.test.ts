// Runs the commands of the README and of the API's page against a real system, and compares what they answer with what the
// pages say they do. Then kills it, starts it again, and restores the log as a backup.
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fencedBlocks, type FencedBlock } from './testing/fenced-blocks.ts';
import { assertSameShape } from './testing/same-shape.ts';
import { shownPages } from './testing/shown-pages.ts';
import { shell, startShown, type ShownSystem } from './testing/shown-system.ts';

const shownAddress = 'localhost:8000';
const folder = mkdtempSync(join(tmpdir(), 'freshet-docs-'));
const data = join(folder, 'data');
/** Writes become readable moments later. */
const patienceMs = 20_000;

const startCommand = fencedBlocks('README.md').find(({ note }) => note === 'start')?.content ?? '';
let system: ShownSystem;

before(async () => {
  system = await startShown(startCommand, { DATA_DIR: data });
});
after(async () => {
  await system.end('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

for (const page of shownPages) {
  const blocks = fencedBlocks(page);
  /** Positions that the page shows, and those that really were answered. */
  const positions = new Map<string, string>();
  blocks.forEach((block, index) => {
    if (block.language !== 'sh' || block.note !== '') return;
    test(`${page}:${block.line} ${block.content.split('\n')[0]}`, () => runShown(block, blocks[index + 1], positions));
  });
}

test('wrong settings are said as the README shows them', async () => {
  const blocks = fencedBlocks('README.md');
  const index = blocks.findIndex(({ note }) => note === 'fails');
  const { status, stderr } = await shell(blocks[index]?.content ?? '');
  assert.notEqual(status, 0);
  assert.ok(stderr.includes(blocks[index + 1]?.content ?? 'no text'), stderr);
});

test('keys are made as the page of the API shows', async () => {
  // Apart from the running system, of which the other commands ask without a key.
  const dataDir = join(folder, 'with-keys');
  for (const { content } of fencedBlocks('docs/api.md').filter(({ note }) => note === 'keys')) {
    const { status, stdout, stderr } = await inReadersTerminal(content, dataDir);
    assert.equal(status, 0, stderr);
    assert.match(stdout, /^freshet_/);
  }
  const { stdout: listed } = await inReadersTerminal('npx freshet keys list', dataDir);
  assert.equal(listed.trimEnd().split('\n').length, 3);
});

test('what was accepted is there after kill -9, and in a backup of the log', async () => {
  const accepted = await shell(
    `curl -s ${system.url}/api/v1/interactions -H content-type:application/json -d '{"customer_id":"zoe","event_type":"view","item_id":"lamp-7"}'`,
  );
  const { position } = JSON.parse(accepted.stdout) as { position: string };
  await system.end('SIGKILL');
  system = await startShown(startCommand, { DATA_DIR: data });
  assert.equal(await positionReached('zoe', position), true);

  await system.end('SIGTERM');
  const restored = join(folder, 'restored');
  mkdirSync(restored);
  cpSync(join(data, 'log'), join(restored, 'log'), { recursive: true });
  system = await startShown(startCommand, { DATA_DIR: restored });
  assert.equal(await positionReached('zoe', position), true);
});

async function runShown(
  block: FencedBlock,
  answer: FencedBlock | undefined,
  positions: Map<string, string>,
): Promise<void> {
  let command = block.content.replaceAll(shownAddress, system.url);
  for (const [shown, real] of positions) command = command.replaceAll(shown, real);
  const isJson = answer?.language === 'json';
  const expected: unknown = isJson ? JSON.parse(answer.content) : undefined;
  const untilMs = Date.now() + patienceMs;
  for (;;) {
    const { status, stdout, stderr } = await inReadersTerminal(isJson ? withStatus(command) : command);
    try {
      assert.equal(status, 0, stderr);
      if (!isJson) return;
      const real = JSON.parse(stdout.slice(0, stdout.lastIndexOf('\n'))) as unknown;
      assert.equal(stdout.slice(stdout.lastIndexOf('\n') + 1), answer.note, stdout);
      assertSameShape(expected, real);
      learnPosition(expected, real, positions);
      return;
    } catch (error) {
      if (Date.now() > untilMs || isWrite(command)) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/**
 * A folder of the reader's own, with `npx freshet` as in the clone and the server on its usual port. Said in front of the command: a bash
 * that no other shell has started, with a pipe of Node's as its input, reads no file of BASH_ENV.
 */
function inReadersTerminal(command: string, dataDir = data): ReturnType<typeof shell> {
  const freshet = `npx() { shift; node ${join(import.meta.dirname, '..', 'bin', 'freshet.js')} "$@"; }`;
  const environment = { DATA_DIR: dataDir, API_PORT: new URL(system.url).port };
  return shell(`${freshet}\n${command}`, { folder, environment });
}

function withStatus(command: string): string {
  return `curl() { command curl --write-out '\\n%{http_code}' "$@"; }; ${command}`;
}

/** Such a command is run once: it would be another event the second time. A refusal of consent may still be on its way. */
function isWrite(command: string): boolean {
  return / -d /.test(command) && !command.includes('"carl"');
}

function learnPosition(expected: unknown, real: unknown, positions: Map<string, string>): void {
  const [shown, answered] = [positionOf(expected), positionOf(real)];
  if (shown !== undefined && answered !== undefined) positions.set(shown, answered);
}

function positionOf(value: unknown): string | undefined {
  const isAnswer =
    typeof value === 'object' && value !== null && 'position' in value && typeof value.position === 'string';
  return isAnswer ? (value.position as string) : undefined;
}

async function positionReached(customer: string, position: string): Promise<unknown> {
  const answer = await fetch(`${system.url}/api/v1/recommendations/${customer}?min_position=${position}`);
  const body = (await answer.json()) as { position_reached?: boolean; fallback: { used: boolean } };
  return body.fallback.used ? body : body.position_reached;
}
