// Which records are superseded: there is a later one with the same key.
import { KeyMap } from './key-map.ts';
import { keyLengthAt, keyStart, offsetAt } from './record-format.ts';

export class LatestKeys {
  readonly #offsets: KeyMap;

  constructor(keysMax: number) {
    this.#offsets = new KeyMap(keysMax);
  }

  /** Records must come in the order of their offsets. False when there is no room for one more key. */
  learn(bytes: Buffer, at: number): boolean {
    const length = keyLengthAt(bytes, at);
    return length < 0 || this.#offsets.set(bytes, keyStart(at), length, offsetAt(bytes, at));
  }

  /** Records without key, from before their topic was compacted, are never superseded. */
  supersedes(bytes: Buffer, at: number): boolean {
    const length = keyLengthAt(bytes, at);
    return length >= 0 && this.#offsets.get(bytes, keyStart(at), length) > offsetAt(bytes, at);
  }
}
