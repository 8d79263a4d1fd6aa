// Makes topics: their folders first, then, in the manifest, all of them at one moment.
import { isStreamsError } from '../../errors.ts';
import type { TopicSpec } from '../log.ts';
import type { Catalog } from './catalog.ts';
import type { Disk } from './disk.ts';
import type { Manifest, TopicEntry } from './manifest.ts';
import type { OpenFiles } from './open-files.ts';
import { partitionFolder } from './partition-log.ts';
import { checkSame, checkSpec, Topic, type Topics } from './topic.ts';
import { unwritable } from './wal-file.ts';

export interface TopicCreation {
  readonly disk: Disk;
  readonly catalog: Catalog;
  readonly topics: Topics;
  readonly files: OpenFiles;
}

/**
 * @throws Misconfigured when an existing topic has another partition count, or a name can't be one.
 * @throws DependencyUnavailable when they can't be written down.
 */
export async function ensureTopics(context: TopicCreation, specs: readonly TopicSpec[]): Promise<void> {
  const wanted = specs.map(withoutUndefined);
  for (const spec of wanted) checkAgainst(context.topics, spec);
  const missing = wanted.filter(({ name }) => !context.topics.byName.has(name));
  try {
    if (missing.length > 0) await makeFolders(context.disk, missing);
    await context.catalog.update(
      (manifest) => withTopics(manifest, wanted),
      (manifest) => showTopics(context, manifest),
    );
  } catch (error) {
    throw isStreamsError(error) ? error : unwritable(error);
  }
}

function checkAgainst(topics: Topics, spec: TopicSpec): void {
  checkSpec(spec);
  const existing = topics.byName.get(spec.name);
  if (existing !== undefined) checkSame(existing.spec, spec);
}

/** The folders' names must survive a crash before the manifest speaks of what is in them. */
async function makeFolders(disk: Disk, specs: readonly TopicSpec[]): Promise<void> {
  for (const { name, partitions } of specs) {
    for (let partition = 0; partition < partitions; partition += 1) disk.makeFolder(partitionFolder(name, partition));
    await disk.syncFolder(`topics/${name}`);
  }
  await disk.syncFolder('topics');
  await disk.syncFolder('');
}

/** Answers the same manifest when there is nothing to change. */
function withTopics(manifest: Manifest, specs: readonly TopicSpec[]): Manifest {
  return specs.reduce((changed, spec) => withTopic(changed, spec), manifest);
}

function withTopic(manifest: Manifest, spec: TopicSpec): Manifest {
  const existing = manifest.topics.find((topic) => topic.spec.name === spec.name);
  if (existing === undefined) return { ...manifest, topics: [...manifest.topics, newTopic(manifest, spec)] };
  // Looked at again: another call may have made it meanwhile.
  checkSame(existing.spec, spec);
  if (JSON.stringify(existing.spec) === JSON.stringify(spec)) return manifest;
  return { ...manifest, topics: manifest.topics.map((topic) => (topic === existing ? { ...topic, spec } : topic)) };
}

function newTopic({ clusterId, topics }: Manifest, spec: TopicSpec): TopicEntry {
  const number = topics.length + 1;
  const partitions = Array.from({ length: spec.partitions }, () => ({
    flushedTo: 0,
    newestTimestampMs: null,
    segments: [],
  }));
  return { number, spec, topicId: `${clusterId}/${number}`, partitions };
}

function showTopics({ topics, files }: TopicCreation, manifest: Manifest): void {
  for (const entry of manifest.topics) {
    const existing = topics.byName.get(entry.spec.name);
    if (existing === undefined) topics.add(new Topic(entry, files));
    else existing.spec = entry.spec;
  }
}

/** As JSON keeps it, in one order, so that equal specs compare equal. */
function withoutUndefined(spec: TopicSpec): TopicSpec {
  const { name, partitions, cleanup, retentionMs, retentionBytes, tombstoneRetentionMs } = spec;
  return {
    name,
    partitions,
    cleanup,
    ...(retentionMs === undefined ? {} : { retentionMs }),
    ...(retentionBytes === undefined ? {} : { retentionBytes }),
    ...(tombstoneRetentionMs === undefined ? {} : { tombstoneRetentionMs }),
  };
}
