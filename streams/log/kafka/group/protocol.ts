// What members tell each other through the coordinator, in the layout that Kafka's own tools can show.
import type { Partition } from '../../log.ts';

/** What a member says when it joins. */
export interface Subscription {
  readonly topics: readonly string[];
  /** The name it has for its whole life, and after a restart. The broker's `memberId` changes. */
  readonly name: string;
  /** What it works on and goes on with until it is told otherwise. */
  readonly owned: readonly Partition[];
  /** Of two with the same name the later one counts. */
  readonly openedAtMs: number;
  /**
   * Counts its joins: a broker takes one that says nothing new for a repeated one, and leaves all as it is. Of two that were opened at one
   * time, which are one member before and after it lost its id, the one with more of them counts.
   */
  readonly joins: number;
}

/** What the leader answers each of them. */
export interface Assignment {
  readonly partitions: readonly Partition[];
  /** There will be more: their owners are letting go of them. */
  readonly hasMoreToCome: boolean;
  /** It has what is to go to others: once it has let go of that, also by having died, it joins again, and others get it. */
  readonly mustLetGo?: true;
  /** A later member has taken the name. */
  readonly isSuperseded: boolean;
}

export const nothing: Assignment = { partitions: [], hasMoreToCome: false, isSuperseded: false };

const version = 1;

export function encodeSubscription({ topics, ...own }: Subscription): Buffer {
  return Buffer.concat([int16(version), array(topics.map(string)), bytes(Buffer.from(JSON.stringify(own)))]);
}

export function decodeSubscription(encoded: Buffer): Subscription {
  const reader = new Reader(encoded);
  reader.int16();
  const topics = reader.array(() => reader.string());
  const own = JSON.parse(reader.bytes().toString('utf8')) as Omit<Subscription, 'topics'>;
  return { topics, ...own };
}

/** The same partitions of every topic. */
export function encodeAssignment(topics: readonly string[], assignment: Assignment): Buffer {
  const numbers = array(assignment.partitions.map(int32));
  const perTopic = topics.map((topic) => Buffer.concat([string(topic), numbers]));
  return Buffer.concat([int16(version), array(perTopic), bytes(Buffer.from(JSON.stringify(assignment)))]);
}

export function decodeAssignment(encoded: Buffer): Assignment {
  // A coordinator that lost the leader's answer hands out nothing.
  if (encoded.length === 0) return nothing;
  const reader = new Reader(encoded);
  reader.int16();
  reader.array(() => {
    reader.string();
    reader.array(() => reader.int32());
  });
  return JSON.parse(reader.bytes().toString('utf8')) as Assignment;
}

class Reader {
  readonly #buffer: Buffer;
  #at = 0;

  constructor(buffer: Buffer) {
    this.#buffer = buffer;
  }

  int16(): number {
    this.#at += 2;
    return this.#buffer.readInt16BE(this.#at - 2);
  }

  int32(): number {
    this.#at += 4;
    return this.#buffer.readInt32BE(this.#at - 4);
  }

  string(): string {
    return this.#take(this.int16()).toString('utf8');
  }

  bytes(): Buffer {
    return this.#take(this.int32());
  }

  array<T>(read: () => T): T[] {
    return Array.from({ length: this.int32() }, read);
  }

  #take(length: number): Buffer {
    this.#at += length;
    return this.#buffer.subarray(this.#at - length, this.#at);
  }
}

function int16(value: number): Buffer {
  const buffer = Buffer.alloc(2);
  buffer.writeInt16BE(value);
  return buffer;
}

function int32(value: number): Buffer {
  const buffer = Buffer.alloc(4);
  buffer.writeInt32BE(value);
  return buffer;
}

function string(text: string): Buffer {
  const encoded = Buffer.from(text, 'utf8');
  return Buffer.concat([int16(encoded.length), encoded]);
}

function bytes(content: Buffer): Buffer {
  return Buffer.concat([int32(content.length), content]);
}

function array(entries: readonly Buffer[]): Buffer {
  return Buffer.concat([int32(entries.length), ...entries]);
}
