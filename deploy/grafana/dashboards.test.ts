// The files are those of the code, addresses are unique, and nothing is asked that Freshet does not tell.
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { dashboards } from './dashboards.ts';
import { dashboardFiles } from './write-dashboards.ts';

test('the files are up to date; if not, run deploy/grafana/write-dashboards.ts', () => {
  const files = dashboardFiles();
  assert.deepEqual(globSync('deploy/grafana/dashboards/*').sort(), [...files.keys()].sort());
  for (const [path, content] of files) assert.equal(readFileSync(path, 'utf8'), content, path);
});

test('every metric that is asked for is documented, or recorded by a rule', () => {
  const known = new Set<string>();
  for (const [, name = ''] of readFileSync('docs/deployment.md', 'utf8').matchAll(/^\| `(freshet_\w+)/gm)) {
    for (const ending of ['', '_bucket', '_count', '_sum']) known.add(name + ending);
  }
  for (const [, name = ''] of readFileSync('deploy/prometheus/rules.yml', 'utf8').matchAll(/record: (\S+)/g))
    known.add(name);
  const asked = dashboards
    .flatMap(({ rows }) => rows)
    .flatMap(({ panels }) => panels)
    .flatMap(({ queries }) => queries)
    .flatMap(({ expr }) => expr.match(/freshet[_:][\w:]+/g) ?? []);
  assert.ok(asked.length > 50);
  assert.deepEqual([...new Set(asked)].filter((name) => !known.has(name)), []); // prettier-ignore
});
