// The offsets that groups have committed.
import type { GroupPosition } from './frame-format.ts';

export class GroupPositions {
  readonly #byGroup = new Map<string, Map<number, GroupPosition>>();

  apply(positions: readonly GroupPosition[]): void {
    for (const position of positions) {
      let ofGroup = this.#byGroup.get(position.group);
      if (ofGroup === undefined) this.#byGroup.set(position.group, (ofGroup = new Map()));
      ofGroup.set(key(position), position);
    }
  }

  of(group: string): GroupPosition[] {
    return [...(this.#byGroup.get(group)?.values() ?? [])];
  }

  all(): GroupPosition[] {
    return [...this.#byGroup.values()].flatMap((ofGroup) => [...ofGroup.values()]);
  }
}

/** Topics have at most 10,000 partitions. */
function key({ topicNumber, partition }: GroupPosition): number {
  return topicNumber * 16_384 + partition;
}
