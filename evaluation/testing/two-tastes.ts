// Customers of two tastes, who buy things of theirs one after the other, in sessions minutes apart: enough to tell an algorithm that learns from one
// that does not.
import { seededRandom } from '../../streams/random.ts';
import type { RawInteraction } from '../topn/read-interactions.ts';

export function twoTastes(count: number): RawInteraction[] {
  const random = seededRandom(4);
  return Array.from({ length: count }, (_, at) => {
    const user = Math.floor(random() * 40);
    const item = 2 * Math.floor(random() * 15) + (user % 2);
    return { user: `u${user}`, item: `i${item}`, rating: Infinity, time: 1_700_000_000 + 60 * at, isTimed: true };
  });
}
