// The classic group protocol. Members are static ones: one that restarts under its name takes its place again at once.
import { heartbeatV4, joinGroupV7, leaveGroupV4, syncGroupV5, type API } from '@platformatic/kafka';
import {
  groupProtocol,
  type GroupConnection,
  type GroupMembership,
  type JoinAnswer,
  type JoinRequest,
} from '../client.ts';
import { failing } from './broker-errors.ts';
import { ASKING_LANE, type Cluster, type Lane } from './cluster.ts';

/** As which Kafka's own tools know groups that read topics. */
const PROTOCOL_TYPE = 'consumer';

export class PlatformaticGroupConnection implements GroupConnection {
  readonly #cluster: Cluster;
  readonly #group: string;
  readonly #lane: Lane;

  constructor(cluster: Cluster, group: string, lane: Lane) {
    this.#cluster = cluster;
    this.#group = group;
    this.#lane = lane;
  }

  async join({ memberId, instanceId, metadata, ...times }: JoinRequest): Promise<JoinAnswer> {
    const joined = await this.#ask(
      this.#lane,
      joinGroupV7.api,
      this.#group,
      times.sessionTimeoutMs,
      times.rebalanceTimeoutMs,
      memberId,
      instanceIdOf(instanceId),
      PROTOCOL_TYPE,
      [{ name: groupProtocol, metadata }],
    );
    const { memberId: brokerMemberId, generationId: generation, leader, members } = joined;
    return { memberId: brokerMemberId, generation, members: leader === brokerMemberId ? members : undefined };
  }

  async sync(membership: GroupMembership, assignments: ReadonlyMap<string, Buffer>): Promise<Buffer> {
    const { generation, memberId, instanceId } = membership;
    const { assignment } = await this.#ask(
      this.#lane,
      syncGroupV5.api,
      this.#group,
      generation,
      memberId,
      instanceIdOf(instanceId),
      PROTOCOL_TYPE,
      groupProtocol,
      [...assignments].map(([of, bytes]) => ({ memberId: of, assignment: bytes })),
    );
    return assignment;
  }

  async heartbeat({ generation, memberId, instanceId }: GroupMembership): Promise<void> {
    await this.#ask(this.#lane, heartbeatV4.api, this.#group, generation, memberId, instanceIdOf(instanceId));
  }

  /** Not on the lane of its own, where a join may be waiting. */
  async leave({ memberId, instanceId }: GroupMembership): Promise<void> {
    const who = { memberId, groupInstanceId: instanceIdOf(instanceId) };
    await this.#ask(ASKING_LANE, leaveGroupV4.api, this.#group, [who]);
  }

  close(): Promise<void> {
    return this.#cluster.closeLane(this.#lane);
  }

  #ask<A extends unknown[], R>(lane: Lane, api: API<A, R>, ...request: A): Promise<R> {
    return failing(`Membership in group ${this.#group}`, () =>
      this.#cluster.askCoordinator({ kind: 'group', key: this.#group, lane }, api, ...request),
    );
  }
}

/** Kafka allows the characters of topics' names. */
export function instanceIdOf(name: string): string {
  return name.replaceAll(/[^a-zA-Z0-9._-]/g, '_');
}
