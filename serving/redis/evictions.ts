// Whether Redis has thrown entries away for want of memory. It says nowhere which ones, so from then on what is missing may have been
// there: it is not answered as missing until all has been written again. That is worth it only when the server was given other limits.
//
// Redis evicts our keys, which have no time to live, only under a policy `allkeys-…`.

/** One server that holds data, by its INFO. */
export interface ServerMemory {
  /** New at each start, as is the count of evictions. */
  readonly runId: string;
  readonly evictedKeys: number;
  readonly policy: string;
  readonly bytesMax: number;
  readonly isPrimary: boolean;
}

/** Kept in the store, for processes that come later and for after a restart of the server. */
export interface KnownEvictions {
  /** Evictions that were before all was written, by run. */
  readonly before: Readonly<Record<string, number>>;
  /** The limits at that time. */
  readonly limits: string;
  /** Those under which entries were thrown away since then; null when none were. */
  readonly under: string | null;
}

export function memoryOf(info: string): ServerMemory {
  const field = (name: string): string => new RegExp(`^${name}:(.*?)\r?$`, 'm').exec(info)?.[1] ?? '';
  return {
    runId: field('run_id'),
    evictedKeys: Number(field('evicted_keys')),
    policy: field('maxmemory_policy'),
    bytesMax: Number(field('maxmemory')),
    isPrimary: field('role') !== 'slave',
  };
}

export function limitsOf(servers: readonly ServerMemory[]): string {
  return servers
    .map(({ policy, bytesMax }) => `${policy} ${bytesMax}`)
    .sort()
    .join(', ');
}

/** What is known once these servers were looked at. */
export function lookAt(servers: readonly ServerMemory[], known: KnownEvictions): KnownEvictions {
  const { before, limits, under } = known;
  const hasEvicted = servers.some(
    ({ runId, policy, evictedKeys }) => policy.startsWith('allkeys-') && evictedKeys > (before[runId] ?? 0),
  );
  // Under the limits there were: when they have just been changed, evictions that were not seen before were before that.
  return under === null && hasEvicted ? { before, limits, under: limits } : known;
}

/** What is known when everything is about to be written. */
export function beginning(servers: readonly ServerMemory[]): KnownEvictions {
  const before = Object.fromEntries(servers.map(({ runId, evictedKeys }) => [runId, evictedKeys]));
  return { before, limits: limitsOf(servers), under: null };
}

/** Whether writing everything again may help. */
export function isWorthRebuilding({ under }: KnownEvictions, servers: readonly ServerMemory[]): boolean {
  return under !== null && under !== limitsOf(servers);
}

export function decodeEvictions(text: string | null): KnownEvictions | null {
  try {
    return text === null ? null : (JSON.parse(text) as KnownEvictions); // only this file's types are written there
  } catch {
    return null; // somebody else's: as if nothing were known
  }
}
