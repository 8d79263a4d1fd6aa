// What a member makes of a coordinator's answers that a real one gives only rarely.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { Recorder, until } from '../../contract/support.ts';
import {
  KafkaFailure,
  type Fetcher,
  type GroupConnection,
  type JoinAnswer,
  type JoinRequest,
  type KafkaClient,
} from '../client.ts';
import { kafkaContext, type KafkaLogSink } from '../settings.ts';
import { KafkaMember } from './member.ts';
import { decodeSubscription, encodeAssignment, encodeSubscription, nothing } from './protocol.ts';

/** A coordinator that follows a script: what each round assigns, and how the signs of life in it are answered. */
class Coordinator {
  readonly joins: JoinRequest[] = [];
  /** Partitions by round; the last one repeats. */
  rounds: readonly (readonly number[])[] = [];
  heartbeat: () => void = () => {};
  /** What a leader is told of the others; undefined when somebody else leads. */
  members: JoinAnswer['members'];

  get owned(): (readonly number[])[] {
    return this.joins.map(({ metadata }) => decodeSubscription(metadata).owned);
  }

  connection(): GroupConnection {
    return {
      join: async (request) => {
        this.joins.push(request);
        return { memberId: `id-${this.joins.length}`, generation: this.joins.length, members: this.members };
      },
      sync: async () => {
        const partitions = this.rounds[Math.min(this.joins.length, this.rounds.length) - 1] ?? [];
        return encodeAssignment(['t'], { ...nothing, partitions });
      },
      heartbeat: async () => this.heartbeat(),
      leave: async () => {},
      close: async () => {},
    };
  }
}

function join(
  coordinator: Coordinator,
  client: Partial<KafkaClient> = { openGroupConnection: async () => coordinator.connection() },
  onLog?: KafkaLogSink,
): Recorder {
  const recorder = new Recorder(['t']);
  recorder.seekTo = undefined; // nothing is fetched
  const options = { group: 'g', memberId: 'm', topics: ['t'], listener: recorder };
  const limits = { sessionTimeoutMs: 50, revokeWaitMs: 10_000 };
  const context = kafkaContext({ brokers: [], limits, ...(onLog && { onLog }) });
  recorder.member = new KafkaMember(options, 2, client as KafkaClient, context, () => {}); // it calls nothing else
  return recorder;
}

const once = (code: string, coordinator: Coordinator) => () => {
  coordinator.heartbeat = () => {};
  throw new KafkaFailure(code, code);
};

test('who is given up while it lets go of some keeps nothing of that round, and begins anew when it has finished', async () => {
  const coordinator = new Coordinator();
  coordinator.rounds = [[0, 1], [0], [0, 1]];
  const recorder = join(coordinator);
  let finish = (): void => {};
  recorder.whileRevoking = () => new Promise((resolve) => (finish = resolve));
  await until('it has both', () => recorder.partitions.length === 2);
  coordinator.heartbeat = once('REBALANCE_IN_PROGRESS', coordinator);
  await until('it lets go of one', () => recorder.told.includes('revoking 1'));
  coordinator.heartbeat = once('UNKNOWN_MEMBER_ID', coordinator);
  await until('it has lost all', () => recorder.told.includes('lost'));
  assert.equal(coordinator.joins.length, 2);
  finish();
  await until('it has both again', () => recorder.partitions.length === 2);
  assert.deepEqual(recorder.told, ['assigned 0,1', 'revoking 1', 'lost', 'revoked', 'assigned 0,1']);
  assert.deepEqual(coordinator.owned, [[], [0, 1], []]);
  assert.deepEqual(
    coordinator.joins.map(({ memberId }) => memberId),
    ['', 'id-1', ''],
  );
  await recorder.member?.leave();
});

test('a rebalance in which nothing changes for a member is not told to it', async () => {
  const coordinator = new Coordinator();
  coordinator.rounds = [[0, 1]];
  const recorder = join(coordinator);
  await until('it has both', () => recorder.partitions.length === 2);
  coordinator.heartbeat = once('REBALANCE_IN_PROGRESS', coordinator);
  await until('it has joined again', () => coordinator.joins.length === 2);
  coordinator.heartbeat = once('REBALANCE_IN_PROGRESS', coordinator);
  await until('and again', () => coordinator.joins.length === 3);
  assert.deepEqual(recorder.told, ['assigned 0,1']);
  assert.deepEqual(coordinator.owned, [[], [0, 1], [0, 1]]);
  await recorder.member?.leave();
});

test('a coordinator that is silent for longer than a session has given us up', async () => {
  const coordinator = new Coordinator();
  coordinator.rounds = [[0, 1]];
  const recorder = join(coordinator);
  await until('it has both', () => recorder.partitions.length === 2);
  coordinator.heartbeat = () => {
    throw new KafkaFailure('CONNECTION', 'no answer');
  };
  await until('it has lost all', () => recorder.told.includes('lost'));
  coordinator.heartbeat = () => {};
  await until('it has both again', () => recorder.partitions.length === 2);
  assert.deepEqual(recorder.told, ['assigned 0,1', 'lost', 'assigned 0,1']);
  await recorder.member?.leave();
});

test('what was deleted before it was read is passed over, and said', async () => {
  const coordinator = new Coordinator();
  coordinator.rounds = [[0]];
  const asked: number[] = [];
  const fetcher: Fetcher = {
    fetch: async ([place]) => {
      if (place === undefined) return [];
      asked.push(place.offset);
      await setImmediate();
      const { topic, partition } = place;
      return place.offset < 7 ? [{ topic, partition, outOfRange: true }] : [];
    },
    close: async () => {},
  };
  const client: Partial<KafkaClient> = {
    openGroupConnection: async () => coordinator.connection(),
    openFetcher: async () => fetcher,
    offsets: async () => ({ start: 7, end: 9 }),
  };
  const said: unknown[] = [];
  const recorder = join(coordinator, client, (level, message, fields) => said.push([level, message, fields]));
  await until('it has it', () => recorder.partitions.length === 1);
  recorder.member?.seek({ topic: 't', partition: 0, offset: 2 });
  await until('it reads on', () => asked.includes(7));
  await recorder.member?.leave();
  assert.deepEqual(said, [
    ['warn', 'records were deleted before they were read', { topic: 't', partition: 0, from: 2, to: 7 }],
  ]);
});

test('who leads says which member reads other topics than itself, as after half of an upgrade', async () => {
  const coordinator = new Coordinator();
  coordinator.rounds = [[0]];
  const of = (name: string, topics: readonly string[]) => ({
    memberId: name,
    metadata: encodeSubscription({ topics, name, owned: [], openedAtMs: 1, joins: 1 }),
  });
  coordinator.members = [of('m', ['t']), of('newer', ['t', 'more'])];
  const said: unknown[] = [];
  const recorder = join(coordinator, undefined, (level, message, fields) => said.push([level, message, fields]));
  await until('it has it', () => recorder.partitions.length === 1);
  await recorder.member?.leave();
  assert.deepEqual(said, [
    ['warn', 'members of one group read different topics', { group: 'g', name: 'newer', topics: ['t', 'more'] }],
  ]);
});
