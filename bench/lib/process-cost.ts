// What another process has used so far, as Linux tells it; nothing elsewhere.
import { readFileSync } from 'node:fs';

/** Of the kernel's accounting, the same on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;
// Behind the name, which may hold spaces: fields 14 and 15 of the line, which begins with 1.
const USER_TICKS = 11;
const SYSTEM_TICKS = 12;

export function cpuSecondsOf(pid: number): number | null {
  const fields = read(pid, 'stat')?.split(') ').at(-1)?.split(' ');
  if (fields === undefined) return null;
  return (Number(fields[USER_TICKS]) + Number(fields[SYSTEM_TICKS])) / TICKS_PER_SECOND;
}

/** All that is in memory, with the pages of mapped files. */
export function rssMibOf(pid: number): number | null {
  return statusMib(pid, 'VmRSS');
}

/** Without the pages of files, which the kernel can drop whenever it needs the room. */
export function ownMibOf(pid: number): number | null {
  return statusMib(pid, 'RssAnon');
}

function statusMib(pid: number, name: string): number | null {
  const kib = new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(read(pid, 'status') ?? '')?.[1];
  return kib === undefined ? null : Math.round(Number(kib) / 1024);
}

function read(pid: number, file: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return undefined; // no Linux, or it has ended
  }
}
