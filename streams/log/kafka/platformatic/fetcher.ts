// Fetches committed records, one request at a time to each leading broker.
import { setTimeout as sleep } from 'node:timers/promises';
import type { FetchedBatch, TopicOffset } from '../../log.ts';
import type { FetchedPartition, Fetcher, FetchLimits } from '../client.ts';
import { placeKey } from '../../place-key.ts';
import { decodeBatches } from './batch-decoder.ts';
import { codeName, failing, isMoved, refused } from './broker-errors.ts';
import type { Cluster, Lane } from './cluster.ts';
import { fetchCommitted, type FetchedPart } from './requests.ts';

interface Answer {
  /** By place. */
  readonly asked: ReadonlyMap<string, TopicOffset>;
  readonly parts: readonly FetchedPart[];
}

/** While nobody leads a partition. */
const LEADERLESS_PAUSE_MS = 50;

export class PlatformaticFetcher implements Fetcher {
  readonly #cluster: Cluster;
  readonly #lane: Lane;
  /** By leader. One that has not answered when others have is waited for in the next round. */
  readonly #underWay = new Map<number, Promise<Answer>>();
  readonly #servedAt = new Map<string, number>();

  constructor(cluster: Cluster, lane: Lane) {
    this.#cluster = cluster;
    this.#lane = lane;
  }

  fetch(from: readonly TopicOffset[], limits: FetchLimits): Promise<FetchedPartition[]> {
    return failing('Fetching', () => this.#fetch(from, limits));
  }

  close(): Promise<void> {
    return this.#cluster.closeLane(this.#lane);
  }

  async #fetch(from: readonly TopicOffset[], limits: FetchLimits): Promise<FetchedPartition[]> {
    await this.#ask(from, limits);
    const wanted = new Map(from.map((place) => [placeKey(place), place]));
    while (this.#underWay.size > 0) {
      const [leader, answer] = await Promise.race(
        [...this.#underWay].map(async ([broker, answering]) => [broker, await answering] as const),
      ).catch(async (error: unknown) => {
        this.#underWay.clear();
        if (isMoved(error)) await this.#refresh(from);
        throw error;
      });
      this.#underWay.delete(leader);
      const fetched = await this.#read(answer, wanted);
      if (fetched.length > 0) return fetched;
    }
    return [];
  }

  async #ask(from: readonly TopicOffset[], limits: FetchLimits): Promise<void> {
    await this.#cluster.learn(from.map(({ topic }) => topic));
    const byLeader = Map.groupBy(from, (place) => this.#cluster.leaderOf(place));
    for (const [leader, places] of byLeader) {
      if (leader === undefined || this.#underWay.has(leader)) continue;
      const answering = this.#askLeader(leader, this.#inTurn(places), limits);
      answering.catch(() => undefined); // whoever waits for it hears of it, and perhaps nobody does
      this.#underWay.set(leader, answering);
    }
    if (!byLeader.has(undefined)) return;
    await sleep(LEADERLESS_PAUSE_MS);
    await this.#refresh(byLeader.get(undefined) ?? []);
  }

  async #askLeader(leader: number, asked: readonly TopicOffset[], limits: FetchLimits): Promise<Answer> {
    const { waitMs, totalBytes, partitionBytes } = limits;
    const request = { waitMs: Math.ceil(waitMs), bytesMax: totalBytes, partitionBytesMax: partitionBytes };
    const { errorCode, parts } = await this.#cluster.ask(leader, this.#lane, fetchCommitted, asked, request);
    if (errorCode !== 0) throw refused(errorCode, 'Fetching');
    return { asked: new Map(asked.map((place) => [placeKey(place), place])), parts };
  }

  /** An answer to what is not wanted any more, as the position has changed meanwhile, is dropped. */
  async #read({ asked, parts }: Answer, wanted: ReadonlyMap<string, TopicOffset>): Promise<FetchedPartition[]> {
    const fetched: FetchedPartition[] = [];
    const moved: TopicOffset[] = [];
    for (const part of parts) {
      if (part.errorCode === 0 && part.bytes.length === 0) continue; // most of them, each time
      const key = placeKey(part);
      const place = wanted.get(key);
      if (place === undefined || asked.get(key)?.offset !== place.offset) continue;
      const { topic, partition } = place;
      if (codeName(part.errorCode) === 'OFFSET_OUT_OF_RANGE') fetched.push({ topic, partition, outOfRange: true });
      else if (part.errorCode === 0) fetched.push(...this.#decode(part, place));
      else if (isMoved(refused(part.errorCode, ''))) moved.push(place);
      else throw refused(part.errorCode, `Fetching ${key}`);
    }
    if (moved.length > 0) {
      await sleep(LEADERLESS_PAUSE_MS);
      await this.#refresh(moved);
    }
    return fetched;
  }

  #decode(part: FetchedPart, { topic, partition, offset }: TopicOffset): FetchedBatch[] {
    const { records, nextOffset } = decodeBatches(part.bytes, { topic, partition }, offset, part.aborted);
    if (nextOffset === offset) return [];
    this.#servedAt.set(placeKey(part), performance.now());
    return [{ topic, partition, records, nextOffset }];
  }

  /** An answer has a size limit and is filled in the order of asking: who was served last asks last. */
  #inTurn(places: readonly TopicOffset[]): TopicOffset[] {
    return places
      .map((place) => ({ place, servedAt: this.#servedAt.get(placeKey(place)) ?? 0 }))
      .sort((a, b) => a.servedAt - b.servedAt)
      .map(({ place }) => place);
  }

  async #refresh(places: readonly TopicOffset[]): Promise<void> {
    await this.#cluster.refreshTopics([...new Set(places.map(({ topic }) => topic))]);
  }
}
