// Which boot of the machine this is: what was written but not synced survives the death of a process, not of the machine.
import { readFileSync } from 'node:fs';
import { uptime } from 'node:os';

/** Boot times read twice in one boot may differ by rounding. A machine does not boot twice within this. */
const TOLERANCE_SECONDS = 5;

/** Names the machine's current boot; a container has its host's. Only `sameBoot` compares two of them. */
export function currentBootId(): string {
  return linuxBootId() ?? `booted-at:${Math.round(Date.now() / 1000 - uptime())}`;
}

/** Whether both name the same boot. In doubt no: a store is rebuilt then, which costs time but nothing else. */
export function sameBoot(one: string, other: string): boolean {
  if (one === other) return true;
  const [oneSeconds, otherSeconds] = [bootedAt(one), bootedAt(other)];
  return oneSeconds !== null && otherSeconds !== null && Math.abs(oneSeconds - otherSeconds) <= TOLERANCE_SECONDS;
}

function linuxBootId(): string | null {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim() || null;
  } catch {
    return null; // not Linux, or /proc is hidden: the boot time does
  }
}

function bootedAt(bootId: string): number | null {
  const seconds = /^booted-at:(\d+)$/.exec(bootId)?.[1];
  return seconds === undefined ? null : Number(seconds);
}
