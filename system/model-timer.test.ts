// Timing is around the handlers, and changes nothing else of a stage.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Registry } from 'prom-client';
import { customers, items } from '../processors/topology.ts';
import { describeTopology } from '../streams/index.ts';
import { modelTimer, timedStage } from './model-timer.ts';

test('what is scored is counted by model, also when it fails', async () => {
  const registry = new Registry();
  const time = modelTimer(registry);
  assert.equal(time('blend', () => 7), 7); // prettier-ignore
  const failing = () => {
    throw new Error('no');
  };
  assert.throws(() => time('blend', failing), /no/);
  assert.match(await registry.metrics(), /freshet_model_inference_duration_seconds_count\{model="blend"\} 2\n/);
});

test('only processors that score are timed', () => {
  const timed: string[] = [];
  const time = <T>(model: string, score: () => T): T => {
    timed.push(model);
    return score();
  };
  assert.deepEqual(describeTopology([timedStage(customers, time)]), describeTopology([customers]));
  assert.deepEqual(timedStage(items, time).processors, items.processors);
  const [original, changed] = [customers, timedStage(customers, time)].map(({ processors }) =>
    processors.find(({ name }) => name === 'recommend'),
  );
  assert.deepEqual(Object.keys(changed?.on ?? {}), Object.keys(original?.on ?? {}));
  // The handler itself fails, as it is given nothing: that it was called is what counts.
  assert.throws(() => changed?.on['profiles']?.(undefined as never, undefined as never));
  assert.deepEqual(timed, ['blend']);
});
