// The one script that writes: it compares positions, writes entries and moves positions in one step, in one bucket.
import { createHash } from 'node:crypto';
import type { StageOffset } from '../serving-store.ts';
import type { RedisClient } from './connect.ts';
import { inputField, type Bucket } from './keys.ts';
import type { Piece } from './split-writes.ts';

// KEYS  positions, progress, written, then one per entry
// ARGV  channel, how many parts; of each part source, from, nextOffset, how many entries;
//       then of each entry its offset and its value ('-' before the offset: no value follows, it is deleted);
//       then how many inputs; of each its name and offset; then the message that tells of them
// Answers '' or the source of which less is there than a part goes on from: then nothing was changed.
const SCRIPT = `
local positions, progress, channel, parts = KEYS[1], KEYS[2], ARGV[1], tonumber(ARGV[2])
local written = 0
local before = {}
for part = 1, parts do
  local at = 3 + (part - 1) * 4
  local source, from, to = ARGV[at], tonumber(ARGV[at + 1]), tonumber(ARGV[at + 2])
  local held = before[source] or tonumber(redis.call('HGET', positions, source) or 0)
  if held < from then return source end
  before[source] = math.max(held, to)
end
local key, arg, held = 4, 3 + parts * 4, {}
for part = 1, parts do
  local at = 3 + (part - 1) * 4
  local source, to, entries = ARGV[at], tonumber(ARGV[at + 2]), tonumber(ARGV[at + 3])
  local position = held[source] or tonumber(redis.call('HGET', positions, source) or 0)
  for _ = 1, entries do
    local offset = ARGV[arg]
    if string.sub(offset, 1, 1) == '-' then
      if tonumber(string.sub(offset, 2)) >= position then redis.call('DEL', KEYS[key]) end
      arg = arg + 1
    else
      if tonumber(offset) >= position then redis.call('SET', KEYS[key], ARGV[arg + 1]) end
      arg = arg + 2
    end
    key = key + 1
  end
  if to > position then
    redis.call('HSET', positions, source, ARGV[at + 2])
    written = written + to - position
    position = to
  end
  held[source] = position
end
if written > 0 and redis.call('EXISTS', KEYS[3]) == 1 then
  redis.call('INCRBY', KEYS[3], written)
elseif written > 0 then
  local sum = 0
  for _, position in ipairs(redis.call('HVALS', positions)) do sum = sum + tonumber(position) end
  redis.call('SET', KEYS[3], string.format('%.0f', sum))
end
local inputs, moved = tonumber(ARGV[arg]), false
for input = 1, inputs do
  local name, offset = ARGV[arg + input * 2 - 1], ARGV[arg + input * 2]
  if tonumber(offset) > tonumber(redis.call('HGET', progress, name) or 0) then
    redis.call('HSET', progress, name, offset)
    moved = true
  end
end
if moved then redis.call('PUBLISH', channel, ARGV[arg + inputs * 2 + 1]) end
return ''
`;
const SHA = createHash('sha1').update(SCRIPT).digest('hex');

export interface ScriptCall {
  readonly bucket: Bucket;
  readonly channel: string;
  readonly piece: Piece;
  readonly progress: readonly StageOffset[];
}

/** Answers the source that the bucket holds less of than a part goes on from; '' when all was written. */
export async function callWriteScript(client: RedisClient, call: ScriptCall): Promise<string> {
  const { keys, args } = argumentsOf(call);
  try {
    return String(await client.evalsha(SHA, keys.length, ...keys, ...args));
  } catch (error) {
    // The server was restarted, or is a new one.
    if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error;
    return String(await client.eval(SCRIPT, keys.length, ...keys, ...args));
  }
}

function argumentsOf({ bucket, channel, piece, progress }: ScriptCall) {
  const keys: string[] = [bucket.positions, bucket.progress, bucket.written];
  const args: (string | Buffer)[] = [channel, String(piece.length)];
  for (const { source, from, nextOffset, entries } of piece)
    args.push(source, String(from), String(nextOffset), String(entries.length));
  for (const { entries } of piece) {
    for (const { collection, key, value, offset } of entries) {
      keys.push(`${bucket.start}${collection}:${key}`);
      if (value === null) args.push(`-${offset}`);
      else args.push(String(offset), value);
    }
  }
  args.push(String(progress.length));
  for (const reached of progress) args.push(inputField(reached), String(reached.offset));
  if (progress.length > 0) args.push(progressMessage(progress));
  return { keys, args };
}

export function progressMessage(progress: readonly StageOffset[]): string {
  return JSON.stringify(progress.map(({ stage, topic, partition, offset }) => [stage, topic, partition, offset]));
}

/** Anybody can publish: what is no message of ours tells nothing. */
export function readProgressMessage(message: string): StageOffset[] {
  try {
    return (JSON.parse(message) as [string, string, number, number][]).map(([stage, topic, partition, offset]) => ({
      stage,
      topic,
      partition,
      offset,
    }));
  } catch {
    return []; // see above; the next look at the store says what is true
  }
}
