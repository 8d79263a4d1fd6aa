// One process owns a data folder: the file `owner.json` in it says which, and what a killed one left behind is taken over.
import fs from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DataFolderRefused } from './errors.ts';

interface Owner {
  readonly pid: number;
  readonly host: string;
  /** When the process started, in the kernel's own unit: a pid alone is given again to other processes. Null: unknown. */
  readonly started: string | null;
}

export const ownerFile = 'owner.json';

/** The owner touches its file this often, so that other hosts on a shared disk (or containers) can tell whether it lives. */
const signOfLifeMs = 5_000;
const silentForMs = 6 * signOfLifeMs;

/** A process that was killed takes a moment to go, the more memory it had the longer. */
const patienceMs = 2_000;
const lookAgainMs = 25;

/** In /proc: a zombie stays until its parent asks for it, in a container without an init for ever. */
const ended = 'ended';
const endedStates: ReadonlySet<string> = new Set(['Z', 'X']);

/**
 * Takes the folder; answers how to give it back.
 *
 * @throws DataFolderRefused when a living process has it.
 */
export async function takeOwnership(folder: string): Promise<() => void> {
  const path = join(folder, ownerFile);
  const mine = JSON.stringify(thisProcess());
  if (!createWith(path, mine)) {
    const found = readIfThere(path);
    if (found !== undefined) {
      await untilGone(parse(found));
      removeStale(folder, path, found);
    }
    if (!createWith(path, mine)) throw refusal(folder, 'another process took it just now');
  }
  const touching = setInterval(() => touch(path), signOfLifeMs).unref();
  return () => {
    clearInterval(touching);
    if (readIfThere(path) === mine) fs.rmSync(path, { force: true });
  };
}

function thisProcess(): Owner {
  return { pid: process.pid, host: hostname(), started: startOf(process.pid) };
}

/** Exclusively: of two processes only one succeeds. */
function createWith(path: string, content: string): boolean {
  try {
    fs.writeFileSync(path, content, { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if (isCode(error, 'EEXIST')) return false;
    throw error;
  }
}

function removeStale(folder: string, path: string, found: string): void {
  const sign = signOfLife(path, parse(found));
  if (sign !== undefined) throw refusal(folder, sign);
  const aside = `${path}.stale-${process.pid}`;
  try {
    fs.renameSync(path, aside);
  } catch (error) {
    if (isCode(error, 'ENOENT')) return;
    throw error;
  }
  // Between our look and the renaming another process may have taken the folder: then it was its file that we moved.
  const taken = readIfThere(aside) !== found;
  if (taken) fs.renameSync(aside, path);
  else fs.rmSync(aside, { force: true });
  if (taken) throw refusal(folder, 'another process took it just now');
}

async function untilGone(owner: Owner | undefined): Promise<void> {
  if (owner === undefined || owner.host !== hostname() || owner.pid === process.pid) return;
  const untilMs = performance.now() + patienceMs;
  while (isRunning(owner) && performance.now() < untilMs) await sleep(lookAgainMs);
}

/** Why the owner must be thought alive, or undefined when it is gone. */
function signOfLife(path: string, owner: Owner | undefined): string | undefined {
  if (owner?.host === hostname()) {
    return isRunning(owner) ? `process ${owner.pid} of this host has it` : undefined;
  }
  const silentMs = Date.now() - (fs.statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0);
  if (silentMs > silentForMs) return undefined;
  const who = owner === undefined ? 'another process' : `process ${owner.pid} on host ${owner.host}`;
  return `${who} has it (last sign of life ${Math.max(0, Math.round(silentMs / 1000))} s ago)`;
}

function isRunning({ pid, started }: Owner): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (isCode(error, 'ESRCH')) return false;
  }
  const now = startOf(pid);
  return now !== ended && (started === null || now === null || now === started);
}

/** Boot and start time from /proc; `ended` for a process whose parent has not asked for it yet; null where there is no /proc (macOS). */
function startOf(pid: number): string | null {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
    const boot = fs.readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    // The second field is the program's name and may contain blanks and brackets: count from its last bracket.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return endedStates.has(fields[0] ?? '') ? ended : `${boot}/${fields[19]}`;
  } catch {
    return null;
  }
}

function parse(content: string): Owner | undefined {
  try {
    const owner = JSON.parse(content) as Partial<Owner>;
    return typeof owner.pid === 'number' && typeof owner.host === 'string'
      ? { pid: owner.pid, host: owner.host, started: owner.started ?? null }
      : undefined;
  } catch {
    // Cut off by a crash while it was written: judged by its age.
    return undefined;
  }
}

function readIfThere(path: string): string | undefined {
  try {
    return fs.readFileSync(path, 'utf8');
  } catch (error) {
    if (isCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

function touch(path: string): void {
  try {
    const now = new Date();
    fs.utimesSync(path, now, now);
  } catch (error) {
    // The folder was removed under us: its next use says so better than a timer can.
    if (!isCode(error, 'ENOENT')) throw error;
  }
}

function refusal(folder: string, why: string): DataFolderRefused {
  return new DataFolderRefused(
    `The data folder ${folder} is in use: ${why}. Stop that process first, or choose another folder for this one.`,
  );
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
