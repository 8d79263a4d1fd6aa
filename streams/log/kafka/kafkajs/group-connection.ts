// The classic group protocol over kafkajs's connections. kafkajs knows no static membership: the instance id stays with us.
import {
  clientFailure,
  groupProtocol,
  type GroupConnection,
  type GroupMembership,
  type JoinAnswer,
  type JoinRequest,
  KafkaFailure,
} from '../client.ts';
import { naming } from './failure.ts';
import type { InnerBroker, InnerCluster } from './kafkajs.ts';

export class KafkajsGroupConnection implements GroupConnection {
  readonly #cluster: InnerCluster;
  readonly #groupId: string;
  #coordinator: InnerBroker | undefined;

  constructor(cluster: InnerCluster, group: string) {
    this.#cluster = cluster;
    this.#groupId = group;
  }

  async join(request: JoinRequest): Promise<JoinAnswer> {
    const { memberId, metadata, sessionTimeoutMs: sessionTimeout, rebalanceTimeoutMs: rebalanceTimeout } = request;
    const answer = await this.#ask((coordinator) =>
      coordinator.joinGroup({
        groupId: this.#groupId,
        memberId,
        sessionTimeout,
        rebalanceTimeout,
        groupProtocols: [{ name: groupProtocol, metadata }],
      }),
    );
    const isLeader = answer.leaderId === answer.memberId;
    return {
      memberId: answer.memberId,
      generation: answer.generationId,
      members: isLeader
        ? answer.members.map((member) => ({ memberId: member.memberId, metadata: member.memberMetadata }))
        : undefined,
    };
  }

  async sync({ memberId, generation }: GroupMembership, assignments: ReadonlyMap<string, Buffer>): Promise<Buffer> {
    const groupAssignment = [...assignments].map(([member, memberAssignment]) => ({
      memberId: member,
      memberAssignment,
    }));
    const { memberAssignment } = await this.#ask((coordinator) =>
      coordinator.syncGroup({ groupId: this.#groupId, generationId: generation, memberId, groupAssignment }),
    );
    return memberAssignment;
  }

  async heartbeat({ memberId, generation }: GroupMembership): Promise<void> {
    await this.#ask((coordinator) =>
      coordinator.heartbeat({ groupId: this.#groupId, groupGenerationId: generation, memberId }),
    );
  }

  async leave({ memberId }: GroupMembership): Promise<void> {
    await this.#ask((coordinator) => coordinator.leaveGroup({ groupId: this.#groupId, memberId }));
  }

  async close(): Promise<void> {
    await this.#cluster.disconnect();
  }

  async #ask<T>(act: (coordinator: InnerBroker) => Promise<T>): Promise<T> {
    try {
      return await naming(async () => act((this.#coordinator ??= await this.#findCoordinator())));
    } catch (error) {
      // It may have moved, or lost the connection: the next call looks for it again.
      if (error instanceof KafkaFailure && isAboutCoordinator(error.code)) this.#coordinator = undefined;
      throw error;
    }
  }

  async #findCoordinator(): Promise<InnerBroker> {
    await this.#cluster.connect();
    await this.#cluster.refreshMetadata();
    return this.#cluster.findGroupCoordinator({ groupId: this.#groupId });
  }
}

function isAboutCoordinator(code: string): boolean {
  return code === clientFailure.connection || code.includes('COORDINATOR');
}
