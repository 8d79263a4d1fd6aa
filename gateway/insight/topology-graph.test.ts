import assert from 'node:assert/strict';
import { test } from 'node:test';
import { aTopology } from '../testing/examples.ts';
import { topologyGraph } from './topology-graph.ts';

test('what a stage hands over within itself is told apart from what it reads from the log', () => {
  const { edges, nodes } = topologyGraph(aTopology);
  const inWords = edges.map(({ from, kind, to }) => `${from} ${kind} ${to}`);
  assert.deepEqual(inWords.toSorted(), [
    'lookup:catalogue looks up processor:profile',
    'processor:feature keeps topic:item-features',
    'processor:profile keeps topic:profiles',
    'processor:profile writes topic:item-events',
    'processor:segment keeps topic:segments',
    'topic:interactions reads processor:profile',
    'topic:item-events reads processor:feature',
    'topic:item-features copies sink:serve',
    'topic:items copies lookup:catalogue',
    'topic:profiles copies sink:serve',
    'topic:profiles is handed processor:segment',
    'topic:segments copies sink:serve',
  ]);
  assert.deepEqual(nodes.map(({ id }) => id).toSorted(), [
    'lookup:catalogue',
    ...['feature', 'profile', 'segment'].map((name) => `processor:${name}`),
    'sink:serve',
    ...['interactions', 'item-events', 'item-features', 'items', 'profiles', 'segments'].map((name) => `topic:${name}`),
  ]);
});
