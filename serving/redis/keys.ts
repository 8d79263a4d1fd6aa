// Names of keys. A Cluster's keys are spread over buckets: what is in one bucket is on one node, so that a position can stand beside its
// entries, and is compared and moved together with them.
//
//   one server   <prefix>:<collection>:<key>           <prefix>:.positions, .written         <prefix>:.progress
//   Cluster      <prefix>:{<tag>}:<collection>:<key>   <prefix>:{<tag>}:.positions, .written   (bucket 0) <prefix>:{<tag>}:.progress
import { murmur2 } from '../../streams/log/murmur2.ts';

/** Hash tags whose slots lie evenly between 0 and 16,383, so that a Cluster's nodes get like shares. Another list is another layout. */
const CLUSTER_TAGS = '6u by 25 7 tf db b s 8c 7s 4g 6 ed m1 c r k4 ca 4h 5 63 ez l q z6 6k ab 4 c9 tx m p'.split(' ');

export interface Keys {
  readonly buckets: readonly Bucket[];
  bucketOf(key: string): Bucket;
  entry(collection: string, key: string): string;
  /** The channel on which progress is told. */
  readonly channel: string;
  /** Matches all keys there can be. */
  readonly pattern: string;
  /** What is known of evictions. */
  readonly evictions: string;
}

export interface Bucket {
  /** In front of the names of entries. */
  readonly start: string;
  /** Hash: per source how far the entries of this bucket are. */
  readonly positions: string;
  /** Number: all of these added up, which can be read in one command with entries. */
  readonly written: string;
  /** Hash: per input of a stage how far it is reflected. Used in the first bucket only. */
  readonly progress: string;
}

export function keysOf(prefix: string, isCluster: boolean): Keys {
  const starts = isCluster ? CLUSTER_TAGS.map((tag) => `${prefix}:{${tag}}:`) : [`${prefix}:`];
  const buckets = starts.map((start) => ({
    start,
    positions: `${start}.positions`,
    written: `${start}.written`,
    progress: `${start}.progress`,
  }));
  const first = buckets[0] as Bucket; // there is always one
  const bucketOf = (key: string): Bucket =>
    buckets.length === 1 ? first : (buckets[(murmur2(Buffer.from(key)) >>> 0) % buckets.length] ?? first);
  return {
    buckets,
    bucketOf,
    entry: (collection, key) => `${bucketOf(key).start}${collection}:${key}`,
    channel: `${prefix}:progress`,
    pattern: `${prefix.replace(/[\\*?[\]]/g, '\\$&')}:*`,
    evictions: `${first.start}.evictions`,
  };
}

/** Collections don't hold a NUL, nor do topics. */
const BETWEEN = '\0';

export function sourceField(topic: string, partition: number): string {
  return `${topic}${BETWEEN}${partition}`;
}

export function sourceOf(field: string): { topic: string; partition: number } {
  const [topic = '', partition = ''] = field.split(BETWEEN);
  return { topic, partition: Number(partition) };
}

export function inputField({ stage, topic, partition }: { stage: string; topic: string; partition: number }): string {
  return `${stage}${BETWEEN}${topic}${BETWEEN}${partition}`;
}

export function inputOf(field: string): { stage: string; topic: string; partition: number } {
  const [stage = '', topic = '', partition = ''] = field.split(BETWEEN);
  return { stage, topic, partition: Number(partition) };
}
