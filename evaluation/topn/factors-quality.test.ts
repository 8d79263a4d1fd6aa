// That non-negative factors come as near to the ratings as another implementation does.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { InteractionMatrix } from '../../models/interaction-matrix.ts';
import { NonNegativeFactors } from '../../models/non-negative-factors.ts';
import { seededRandom } from '../../streams/random.ts';
import { leftOut } from '../../test/left-out.ts';
import { readInteractions } from './read-interactions.ts';

test('MovieLens 100k: as small a rest as others reach', () => {
  const path = fileURLToPath(new URL('../../../shared/data/ml-100k/ml-100k.inter.gz', import.meta.url));
  if (!existsSync(path))
    return leftOut('the rest of a non-negative factorisation of MovieLens 100k', { dataSet: true });
  const all = readInteractions(path);
  const users = [...new Set(all.map(({ user }) => user))];
  const items = new Map([...new Set(all.map(({ item }) => item))].map((item, at) => [item, at]));
  const byUser = new Map(users.map((user) => [user, [] as { item: number; rating: number }[]]));
  for (const { user, item, rating } of all) byUser.get(user)?.push({ item: items.get(item) ?? -1, rating });
  const histories = [...byUser.values()];
  const matrix = new InteractionMatrix(histories.map((history) => history.map(({ item }) => item)), items.size); // prettier-ignore
  const ratings = histories.flat().map(({ rating }) => rating);
  const model = new NonNegativeFactors(matrix, { factors: 20, iterations: 200, ratings, random: seededRandom(1) });
  assert.ok(model.residual < 838.76, `scikit-learn reaches 837.56 and 838.76, here it is ${model.residual}`);
});
