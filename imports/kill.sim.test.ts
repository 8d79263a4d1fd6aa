// Proves exactly once against kill -9: an import that is killed ten times on its way gives the same log, byte for byte, as
// one that was left alone.
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createWriteStream, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { createGzip } from 'node:zlib';
import { finished } from 'node:stream/promises';
import { openEmbeddedLog } from '../streams/log/embedded/open.ts';

const KILLS = 10;
const LINES = 150_000;
const POLL_MS = 1;

const folder = mkdtempSync(join(tmpdir(), 'freshet-kill-'));
after(() => rmSync(folder, { recursive: true }));

const mapping = join(folder, 'mapping.yaml');
writeFileSync(
  mapping,
  `
target: interactions
format: { type: csv }
fields:
  customer_id: who
  item_id: what
  event_type: { constant: purchase }
  timestamp: { column: at, unit: s }
  value: price
`,
);

const settings = { PARTITIONS: '4', DEMO: 'off' };

async function writeFile(path: string): Promise<void> {
  const gzip = createGzip({ level: 1 });
  gzip.pipe(createWriteStream(path));
  gzip.write('who,what,at,price\n');
  for (let line = 0; line < LINES; line += 1) {
    // Every thousandth line can't be used; every hundredth goes over two.
    const item = line % 100 === 7 ? `"i\n${line}"` : `i${line % 700}`;
    gzip.write(`c${line % 331},${item},${line % 1000 === 9 ? 'never' : 1_600_000_000 + line},${line % 90}.5\n`);
  }
  gzip.end();
  await finished(gzip);
}

function start(dataDir: string, source: string) {
  const args = ['cli/freshet.ts', 'import', source, '--mapping', mapping, '--data-dir', dataDir];
  return spawn(
    process.execPath,
    [...args, '--rejected', join(dataDir, '..', 'rejected.jsonl'), '--show-rejected', '0'],
    {
      env: { ...process.env, ...settings },
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  );
}

/** False when it was killed, `afterMs` after the report of rejected lines was written for a commit under way. */
async function importOnce(dataDir: string, source: string, afterMs?: number): Promise<boolean> {
  const child = start(dataDir, source);
  let said = '';
  child.stderr.on('data', (piece: Buffer) => (said += piece.toString()));
  const killing =
    afterMs === undefined ? undefined : killInCommit(child, join(dataDir, '..', 'rejected.jsonl'), afterMs);
  const [code, signal] = await new Promise<[number | null, string | null]>((resolve) =>
    child.on('close', (...end) => resolve(end)),
  );
  clearInterval(killing);
  if (signal === 'SIGKILL') return false;
  if (code !== 0) assert.fail(said);
  return true;
}

/** The report is cut back when an import starts, and grows before each commit. */
function killInCommit(child: ChildProcess, report: string, afterMs: number): NodeJS.Timeout {
  const changed = () => statSync(report, { throwIfNoEntry: false })?.mtimeMs;
  let former = changed();
  let changes = former === undefined ? 1 : 0;
  return setInterval(() => {
    const now = changed();
    if (now === former) return;
    former = now;
    changes += 1;
    if (changes >= 2) setTimeout(() => child.kill('SIGKILL'), afterMs);
  }, POLL_MS);
}

/** A digest of each partition's keys, values and times in their order, and how many records there are. */
async function contents(dataDir: string): Promise<{ count: number; digests: string[] }> {
  const log = await openEmbeddedLog({ folder: join(dataDir, 'log') });
  const topic = 'freshet.interactions.v1';
  const digests: string[] = [];
  let count = 0;
  for (let partition = 0; partition < 4; partition += 1) {
    const { start: first, end } = await log.offsets({ topic, partition });
    const reader = log.openReader([{ topic, partition, offset: first }]);
    const hash = createHash('sha256');
    for (let next = first; next < end;) {
      for (const { records, nextOffset } of await reader.read(1000)) {
        for (const { key, value, timestampMs } of records) {
          hash
            .update(key ?? '')
            .update(value ?? '')
            .update(String(timestampMs));
          count += 1;
        }
        next = nextOffset;
      }
    }
    await reader.close();
    digests.push(hash.digest('hex'));
  }
  await log.close();
  return { count, digests };
}

function rejectedIn(dataDir: string): string {
  return readFileSync(join(dataDir, '..', 'rejected.jsonl'), 'utf8');
}

test('killed ten times in the middle, then left alone', { timeout: 240_000 }, async () => {
  const source = join(folder, 'orders.csv.gz');
  await writeFile(source);
  const calm = join(folder, 'calm', 'data');
  await importOnce(calm, source);

  const restless = join(folder, 'restless', 'data');
  let kills = 0;
  const counts: number[] = [];
  // On a slow machine the first ones all land before the first commit: the later ones wait longer.
  while ((kills < KILLS || new Set(counts).size < 4) && !(await importOnce(restless, source, 35 * kills))) {
    kills += 1;
    counts.push((await contents(restless)).count);
  }
  await importOnce(restless, source);
  const wanted = await contents(calm);
  assert.equal(wanted.count, LINES - LINES / 1000);
  assert.deepEqual(await contents(restless), wanted);
  assert.equal(rejectedIn(restless), rejectedIn(calm));
  assert.ok(kills >= KILLS / 2 && new Set(counts).size >= 3, `${kills} kills, at ${counts.join(', ')} records`);
});
