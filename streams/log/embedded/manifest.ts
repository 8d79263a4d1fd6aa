// `manifest.json`: which topics there are, which bytes of which segment files count, and where the write-ahead files begin.
// It is replaced as a whole, so that every change of files (flush, compaction, retention, a new topic) happens at one moment.
import { crc32 } from 'node:zlib';
import type { Offset, TopicSpec } from '../log.ts';
import { DataFolderRefused } from '../../errors.ts';
import { writeFile, type Disk } from './disk.ts';
import type { GroupPosition } from './frame-format.ts';

export interface Manifest {
  readonly clusterId: string;
  /** The oldest write-ahead file whose commits are not in segments yet. */
  readonly walStart: number;
  /** The sequence of that file's first commit. */
  readonly sequence: number;
  /** Numbers new segment files. */
  readonly nextFile: number;
  readonly topics: readonly TopicEntry[];
  /** As of `sequence`. */
  readonly positions: readonly GroupPosition[];
}

export interface TopicEntry {
  readonly number: number;
  readonly spec: TopicSpec;
  readonly topicId: string;
  /** By partition number. */
  readonly partitions: readonly PartitionEntry[];
}

export interface PartitionEntry {
  /** What comes from here on stands in the write-ahead files. */
  readonly flushedTo: Offset;
  readonly newestTimestampMs: number | null;
  /** In offset order. Between them there may be gaps. */
  readonly segments: readonly SegmentEntry[];
}

export interface SegmentEntry {
  readonly file: string;
  readonly base: Offset;
  /** The offset after all that the segment covers. */
  readonly next: Offset;
  /** What follows in the file does not count: a crash left it there. */
  readonly bytes: number;
  /** Nothing will be appended. */
  readonly sealed: boolean;
  /** Every key stands at most once in all the clean segments of a partition. */
  readonly clean: boolean;
  readonly newestTimestampMs: number;
  /** When the oldest of its tombstones was written. */
  readonly oldestTombstoneMs: number | null;
  /** Wall-clock time of its creation. */
  readonly createdMs: number;
}

export const manifestFile = 'manifest.json';
export const newManifestFile = 'manifest.json.new';
const format = 1;

/** Writes the manifest beside the one in force. */
export async function prepareManifest(disk: Disk, manifest: Manifest): Promise<void> {
  const checksum = crc32(JSON.stringify(manifest));
  await writeFile(disk, newManifestFile, Buffer.from(JSON.stringify({ format, checksum, ...manifest })));
}

/** Puts what was prepared in force. After an error it may be or not. */
export async function switchManifest(disk: Disk): Promise<void> {
  disk.rename(newManifestFile, manifestFile);
  await disk.syncFolder('');
}

/** @throws DataFolderRefused when it is damaged or of a newer version. */
export function readManifest(disk: Disk): Manifest {
  const file = disk.open(manifestFile, 'existing');
  const content = file.readNow(0, file.size()).toString('utf8');
  file.close();
  const { format: found, checksum, ...manifest } = parse(disk, content);
  if (typeof found === 'number' && found > format) {
    throw new DataFolderRefused(
      `The data folder ${disk.name} was written by a newer version (its format is ${found}, this version knows ${format}): ` +
        'start the newer version again, or give this one another folder.',
    );
  }
  if (found !== format || checksum !== crc32(JSON.stringify(manifest))) throw damaged(disk, 'its checksum is wrong');
  // The checksum says that the bytes are those `writeManifest` wrote, so they have its type.
  return manifest as unknown as Manifest;
}

/** The manifest with one partition's entry changed. */
export function withPartition(
  manifest: Manifest,
  topicNumber: number,
  partition: number,
  change: (entry: PartitionEntry) => PartitionEntry,
): Manifest {
  const topics = manifest.topics.map((topic) =>
    topic.number !== topicNumber
      ? topic
      : {
          ...topic,
          partitions: topic.partitions.map((entry, number) => (number === partition ? change(entry) : entry)),
        },
  );
  return { ...manifest, topics };
}

function parse(disk: Disk, content: string): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(content);
    if (typeof parsed === 'object' && parsed !== null) return { ...parsed };
  } catch (error) {
    throw damaged(disk, error instanceof Error ? error.message : String(error));
  }
  throw damaged(disk, 'it is not an object');
}

function damaged(disk: Disk, why: string): DataFolderRefused {
  return new DataFolderRefused(
    `${manifestFile} in the data folder ${disk.name} is damaged (${why}): restore the folder from a backup, ` +
      'or move it away to begin with an empty one. Nothing in it was changed.',
  );
}
