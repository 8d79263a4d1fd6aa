// The mistake that a driver is most easily made with: a transactional id for each process instead of one for each task. Nobody is
// shut out then, and a process that was given up goes on writing when it wakes. Loaded into a process of Freshet before its start.
//
// By itself it shows rarely since a task that is restored waits for whatever is written and not decided: the one that stood still in the middle
// of a commit is waited for. So this is taken away as well, as by a driver that answers only the ends of what can be read.
import { KafkaLog } from '../../streams/log/kafka/kafka-log.ts';

/** For the environment of a process that is to have the bug. */
export const plantedBug = { NODE_OPTIONS: `--import ${import.meta.url}` };

if (process.env['NODE_OPTIONS'] === plantedBug.NODE_OPTIONS) {
  // oxlint-disable-next-line typescript/unbound-method -- it is called with the `this` of the one that takes its place
  const asItIs = KafkaLog.prototype.openTransactor;
  KafkaLog.prototype.openTransactor = function (transactionalId) {
    return asItIs.call(this, `${transactionalId}.${process.pid}`);
  };
  KafkaLog.prototype.writtenEnds = async function (partitions) {
    const places = await Promise.all(partitions.map((place) => this.offsets(place)));
    return places.map(({ end }) => end);
  };
}
