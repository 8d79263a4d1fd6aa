// Runs the rules' own tests, and asks that each alert has some and is explained.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { hasCommand } from '../../test/servers/program.ts';
import { run } from '../../test/servers/run.ts';
import { leftOut } from '../../test/left-out.ts';

const rules = readFileSync('deploy/prometheus/rules.yml', 'utf8');
const alerts = Array.from(rules.matchAll(/- alert: (\w+)/g), ([, name = '']) => name);

test('rules hold in promtool’s tests, and Prometheus takes the configuration', () => {
  if (!hasCommand('promtool')) return leftOut('The rules need promtool (Debian: apt-get install prometheus).');
  assert.match(run('promtool', ['check', 'rules', 'deploy/prometheus/rules.yml']), /SUCCESS/);
  run('promtool', ['check', 'config', '--syntax-only', 'deploy/prometheus/prometheus.yml']);
  assert.match(run('promtool', ['test', 'rules', 'deploy/prometheus/rules.test.yml']), /SUCCESS/);
});

test('each alert is shown speaking, and explained in the docs', () => {
  const tested = readFileSync('deploy/prometheus/rules.test.yml', 'utf8');
  const docs = readFileSync('docs/deployment.md', 'utf8');
  const explained = Array.from(docs.matchAll(/^\| `(Freshet\w+)`/gm), ([, name = '']) => name);
  assert.deepEqual(explained.sort(), alerts.toSorted());
  for (const name of alerts)
    assert.match(tested, new RegExp(`alertname: ${name}\\n\\s+eval_time: \\S+\\n\\s+exp_alerts:(?! \\[\\]\\n)`), name);
});
