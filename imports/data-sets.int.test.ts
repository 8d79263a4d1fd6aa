// Proves the example mappings on the real data sets, where they lie beside the project.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { wallClock } from '../streams/index.ts';
import { leftOut } from '../test/left-out.ts';
import { openFolderTarget } from './folder-target.ts';
import { importFile } from './import-file.ts';
import { parseMapping } from './mapping/mapping.ts';
import { RejectionReport } from './rejection-report.ts';

const sets = new URL('../../shared/data/', import.meta.url);
const LINES = 40_000;

const cases: [file: string, mapping: string, least: number][] = [
  ['completejourney/transactions.csv.gz', 'completejourney-transactions', 39_000],
  ['completejourney/products.csv.gz', 'completejourney-products', 39_999],
  ['completejourney/demographics.csv.gz', 'completejourney-demographics', 801],
  ['ml-100k/ml-100k.inter.gz', 'movielens-100k-ratings', 39_999],
  ['ml-100k/ml-100k.item.gz', 'movielens-100k-films', 1682],
  ['ml-100k/ml-100k.user.gz', 'movielens-100k-people', 943],
];

for (const [file, name, least] of cases) {
  test(`${file} fits ${name}`, async () => {
    const path = new URL(file, sets);
    if (!existsSync(path)) return leftOut(`${name}: the data set ${file} is not here`, { dataSet: true });
    const folder = mkdtempSync(join(tmpdir(), 'freshet-data-sets-'));
    const target = await openFolderTarget({
      folder: join(folder, 'log'),
      prefix: 't',
      partitions: 4,
      clock: wallClock,
    });
    try {
      const mapping = parseMapping(
        readFileSync(new URL(`../examples/4-import/${name}.yaml`, import.meta.url), 'utf8'),
        name,
      );
      const report = new RejectionReport(join(folder, 'rejected.jsonl'));
      const job = { path: path.pathname, mapping, target, report, clock: wallClock, limit: LINES };
      const { accepted, rejected } = await importFile(job);
      assert.ok(accepted >= least, `${accepted} accepted`);
      assert.equal(rejected, 0);
    } finally {
      await target.close();
      rmSync(folder, { recursive: true });
    }
  });
}
