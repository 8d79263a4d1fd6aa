// The simulated world: a log on a disk that can fail, processes that can die, and the faults that strike them.
import { DependencyUnavailable } from '../../errors.ts';
import type { Log, TopicOffset, Transaction } from '../../log/log.ts';
import { MemoryDisk, PartialWrite } from '../../log/embedded/memory-disk.ts';
import { CommitLedger } from './commit-ledger.ts';
import type { Dice } from './dice.ts';
import { ExternalStore, type TargetFault } from './external-store.ts';
import { faultText, type Fault } from './faults.ts';
import type { FaultyMember } from './faulty-member.ts';
import type { CommitFault } from './faulty-log.ts';
import { Host, ProcessGone } from './host.ts';
import { Instance, type InstanceWorld } from './instance.ts';
import { openWorldLog } from './open-world-log.ts';
import { MemoryStateStore } from '../../store/memory.ts';
import type { Sabotage } from './sabotage.ts';
import { Scheduler } from './scheduler.ts';
import { copying, PREFIX, stages } from './topology.ts';
import { physicalName } from '../../topic.ts';

const INSTANCES_MAX = 4;
const TARGET_FAULTS: readonly TargetFault[] = ['before', 'half', 'after'];

export interface WorldOptions {
  readonly dice: Dice;
  readonly faults: readonly Fault[];
  readonly partitions: number;
  readonly sabotage: Sabotage;
  readonly isMemberChecked: boolean;
  readonly batchRecordsMax: number;
  readonly queueRecordsMax: number;
  readonly sliceMs: number;
  readonly storeDelayMs: number;
  readonly standbyEveryMs: number | null;
  readonly onNote: (text: string) => void;
}

export class World implements InstanceWorld {
  readonly scheduler: Scheduler;
  readonly sabotage: Sabotage;
  readonly isMemberChecked: boolean;
  readonly batchRecordsMax: number;
  readonly queueRecordsMax: number;
  readonly sliceMs: number;
  readonly storeDelayMs: number;
  readonly standbyEveryMs: number | null;
  readonly instances: Instance[] = [];
  external: ExternalStore;
  readonly ledger: CommitLedger;
  /** The first thing that must never happen. */
  failure: string | null = null;
  steps = 0;
  /** Told when the log's process has died, before it is back. */
  onCrash: (isPowerLost: boolean) => void = () => undefined;

  readonly #options: WorldOptions;
  readonly #dice: Dice;
  #faults: Fault[];
  #disk = new MemoryDisk();
  #logHost = new Host('log');
  #log: Log | null = null;
  #logIsBack: (() => void)[] = [];
  #crashed: ((error: ProcessGone) => void)[] = [];
  #isCalm = false;
  /** After a power loss, until the one process that then runs has opened its local stores. */
  #isAlone = false;
  /** Restarts, awakenings and the like that are still to come. */
  #pending = 0;
  #commitFault: CommitFault | null = null;
  #applyFault: 'fails' | 'kills' | 'kills-after' | null = null;
  #unavailableCalls = 0;
  #targetFaults: TargetFault[] = [];
  #tearAt: number | null = null;

  constructor(options: WorldOptions) {
    this.#options = options;
    this.#dice = options.dice.fork('world');
    this.scheduler = new Scheduler(options.dice.fork('scheduler'));
    this.sabotage = options.sabotage;
    this.isMemberChecked = options.isMemberChecked;
    this.batchRecordsMax = options.batchRecordsMax;
    this.queueRecordsMax = options.queueRecordsMax;
    this.sliceMs = options.sliceMs;
    this.storeDelayMs = options.storeDelayMs;
    this.standbyEveryMs = options.standbyEveryMs;
    this.#faults = [...options.faults];
    this.external = new ExternalStore();
    this.ledger = new CommitLedger(new Set(copying.reads.map(({ name }) => physicalName(PREFIX, name))));
  }

  get isAtRest(): boolean {
    return this.#pending === 0 && this.#log !== null;
  }

  note(text: string): void {
    this.#options.onNote(`${this.scheduler.nowMs() % 1e9} ${text}`);
  }

  fail(message: string): void {
    if (this.failure === null) this.note(`FAILED ${message}`);
    this.failure ??= message;
  }

  later(act: () => Promise<void>, afterMs = this.#dice.int(0, 500)): void {
    this.#pending += 1;
    void (async () => {
      await this.scheduler.sleep(afterMs);
      await act();
    })()
      .catch((error: unknown) => {
        if (!(error instanceof ProcessGone))
          this.fail(`the world broke: ${error instanceof Error ? error.stack : String(error)}`);
      })
      .finally(() => (this.#pending -= 1));
  }

  background(act: () => Promise<void>): void {
    const log = this.#log;
    this.later(async () => {
      if (log !== null && log === this.#log) await this.ask(act);
    });
  }

  // The log and its process.

  async openLog(): Promise<void> {
    this.#logHost = new Host('log');
    const host = this.#logHost;
    this.#disk.before = (operation) => {
      if (this.#tearAt === null || operation.kind !== 'write' || this.#isCalm || host !== this.#logHost) return;
      const written = Math.floor(this.#tearAt * 200);
      this.#tearAt = null;
      this.#crash(false, 'torn-write');
      throw new PartialWrite(written);
    };
    const log = await openWorldLog(this.#disk, this.scheduler, host, this.#dice.fork(`limits ${this.steps}`));
    this.#log = log;
    const waiting = this.#logIsBack;
    this.#logIsBack = [];
    for (const resolve of waiting) resolve();
  }

  /** Asks the log, once it is there. Fails with ProcessGone when it dies before it answers. */
  async ask<T>(question: (log: Log) => Promise<T>): Promise<T> {
    while (this.#log === null) await new Promise<void>((resolve) => this.#logIsBack.push(resolve));
    const log = this.#log;
    return new Promise<T>((resolve, reject) => {
      this.#crashed.push(reject);
      question(log).then(resolve, reject);
    });
  }

  // Processes.

  addInstance(): Instance {
    const instance = new Instance(`i${this.instances.length}`, this);
    this.instances.push(instance);
    return instance;
  }

  startInstance(instance: Instance): void {
    if (instance.isUp || this.#log === null) return;
    if (this.#isAlone && instance !== this.instances[0]) return;
    this.note(`${instance.name} starts`);
    instance.start(this.#log);
  }

  kill(host: Host): void {
    const instance = this.#instanceOf(host);
    if (instance === undefined) return host.kill();
    this.note(`${instance.name} dies`);
    const { log } = instance;
    instance.kill();
    this.later(async () => {
      await log?.disconnect();
      if (instance.host !== host) return; // something else has started it again
      const fate = this.#dice.fraction();
      if (fate < 0.1) instance.stores = new MemoryStateStore();
      else if (fate < 0.25) for (const stage of stages) instance.stores.tear(`${stage.name}.${this.#dice.int(0, 3)}`);
      await this.scheduler.sleep(this.#dice.int(0, 2_000));
      this.startInstance(instance);
    });
  }

  /** No further faults; what stands still wakes up, what is down comes back. */
  async calmDown(): Promise<void> {
    this.#isCalm = true;
    this.note('calm');
    this.#faults = [];
    this.#commitFault = null;
    this.#applyFault = null;
    this.#unavailableCalls = 0;
    this.#targetFaults = [];
    this.#tearAt = null;
    this.#disk.capacityBytes = Infinity;
    while (!this.isAtRest) await this.scheduler.sleep(100);
    if (!this.instances.some((instance) => instance.isUp)) this.startInstance(this.instances[0] as Instance);
  }

  // Fate.

  async call(host: Host, place: string, canFail: boolean): Promise<void> {
    // It may have passed the gate in the same breath in which another call killed it.
    if (host.isDead) await host.gate();
    if (this.#isCalm) return;
    this.steps += 1;
    this.note(`${host.name} ${place}`);
    if ((this.#faults[0]?.step ?? Infinity) <= this.steps) await this.#strike(this.#faults.shift() as Fault, host);
    if (canFail && this.#unavailableCalls > 0) {
      this.#unavailableCalls -= 1;
      throw new DependencyUnavailable('log', `unavailable at ${place}`);
    }
    if (this.#dice.chance(0.1)) await this.scheduler.turn();
    await host.gate();
  }

  commitFault(): CommitFault | null {
    const fault = this.#commitFault;
    this.#commitFault = null;
    return fault;
  }

  applyFault(): 'fails' | 'kills' | 'kills-after' | null {
    const fault = this.#applyFault;
    this.#applyFault = null;
    return fault;
  }

  targetFault(): TargetFault | null {
    return this.#targetFaults.shift() ?? null;
  }

  committed(transactionalId: string, transaction: Transaction, written: readonly TopicOffset[]): void {
    this.ledger.add(transactionalId, transaction, written);
  }

  async #strike(fault: Fault, host: Host): Promise<void> {
    this.note(`FAULT ${faultText(fault)} at ${host.name}`);
    const { kind, how } = fault;
    const instance = this.#instanceOf(host);
    switch (kind) {
      case 'kill':
        return this.kill(host);
      case 'freeze':
      case 'nap':
        return this.#freeze(instance, kind === 'freeze', how);
      case 'evict':
        return this.#evict(instance);
      case 'leave':
        return this.#leave(instance);
      case 'join':
        return this.#join();
      case 'crash':
      case 'power-loss':
        return this.#crash(kind === 'power-loss', kind);
      case 'torn-write':
        this.#tearAt = how;
        return;
      case 'disk-full':
        return this.#fillDisk(how);
      case 'slow':
        return this.scheduler.sleep(Math.floor(how * 3_000));
      case 'aborted':
      case 'unclear-done':
      case 'unclear-not':
      case 'unclear-late':
        this.#commitFault = kind;
        return;
      case 'unavailable':
        this.#unavailableCalls = 1 + Math.floor(how * 6);
        return;
      case 'apply-fails':
        this.#applyFault = 'fails';
        return;
      case 'apply-kills':
        this.#applyFault = how < 0.5 ? 'kills' : 'kills-after';
        return;
      case 'target-fails':
        this.#targetFaults = Array.from({ length: 1 + Math.floor(how * 5) }, () => this.#dice.pick(TARGET_FAULTS));
    }
  }

  #freeze(instance: Instance | undefined, isNoticed: boolean, how: number): void {
    if (instance === undefined) return;
    const { host, log } = instance;
    host.freeze();
    this.later(
      async () => {
        if (isNoticed) await Promise.all((log?.members ?? []).map((member) => member.giveUp()));
        await this.scheduler.sleep(Math.floor(how * 4_000));
        host.thaw();
        if (!isNoticed) return;
        // It goes on with what it was about to do before it hears that its partitions are others' now.
        await this.scheduler.sleep(this.#dice.int(0, 200));
        await this.#rejoin(host, log?.members ?? []);
      },
      this.#dice.int(0, 300),
    );
  }

  #evict(instance: Instance | undefined): void {
    if (instance === undefined) return;
    const { host, log } = instance;
    this.later(async () => {
      await Promise.all((log?.members ?? []).map((member) => member.giveUp()));
      await this.scheduler.sleep(this.#dice.int(0, 1_000));
      await this.#rejoin(host, log?.members ?? []);
    }, 0);
  }

  /** A process that stands still hears of its loss when it wakes up. */
  async #rejoin(host: Host, members: readonly FaultyMember[]): Promise<void> {
    while (host.isFrozen && !host.isDead) await this.scheduler.sleep(100);
    await Promise.all(members.map((member) => member.rejoinAfterLoss()));
  }

  #leave(instance: Instance | undefined): void {
    if (instance === undefined) return;
    const { host } = instance;
    this.later(async () => {
      if (host.isDead) return; // what killed it starts it again
      await Promise.race([instance.stop(), this.#death(host)]);
      await this.scheduler.sleep(this.#dice.int(0, 2_000));
      this.startInstance(instance);
    }, 0);
  }

  /** Resolves some time after the process died: what waits for it to do something must not wait for ever. */
  async #death(host: Host): Promise<void> {
    while (!host.isDead) await this.scheduler.sleep(1_000);
  }

  #join(): void {
    if (this.instances.length >= INSTANCES_MAX) return;
    const instance = this.addInstance();
    this.later(() => Promise.resolve(this.startInstance(instance)), 0);
  }

  #fillDisk(how: number): void {
    const disk = this.#disk;
    disk.capacityBytes = [...disk.files().values()].reduce((sum, bytes) => sum + bytes, 0) + Math.floor(how * 400);
    this.later(() => Promise.resolve(void (this.#disk.capacityBytes = Infinity)), this.#dice.int(100, 4_000));
  }

  #crash(isPowerLost: boolean, why: string): void {
    this.note(`the log dies: ${why}`);
    this.#logHost.kill();
    this.#log = null;
    for (const instance of this.instances) instance.kill();
    const disk = this.#disk;
    const random = this.#dice.fork(`crash ${this.steps}`);
    this.#disk = isPowerLost ? disk.afterPowerLoss(() => random.fraction()) : disk.afterCrash();
    if (isPowerLost) this.#losePower();
    this.onCrash(isPowerLost);
    const crashed = this.#crashed;
    this.#crashed = [];
    for (const reject of crashed) reject(new ProcessGone('the log died'));
    this.later(() => this.#comeBack(isPowerLost));
  }

  /**
   * The embedded log lives in one process, and a machine that lost power starts that process alone: one instance finds the local
   * stores, which may be ahead of the log by now, and the copies that other instances would have are gone.
   */
  #losePower(): void {
    this.#isAlone = true;
    for (const instance of this.instances.slice(1)) instance.stores = new MemoryStateStore();
    this.external = new ExternalStore();
  }

  async #comeBack(isPowerLost: boolean): Promise<void> {
    await this.openLog();
    const log = this.#log;
    if (isPowerLost) await this.ledger.forgetLost(async (at) => (await this.ask((asked) => asked.offsets(at))).end);
    for (const instance of this.instances) {
      this.startInstance(instance);
      while (this.#isAlone && log === this.#log && !this.#hasOpenedAll()) await this.scheduler.sleep(100);
      if (log !== this.#log) return; // it died again; whoever brings it back starts them
      this.#isAlone = false;
      await this.scheduler.sleep(this.#dice.int(0, 500));
    }
  }

  #hasOpenedAll(): boolean {
    const tasks = this.instances[0]?.tasks() ?? [];
    return tasks.length === this.#options.partitions * stages.length && tasks.every(({ state }) => state === 'running');
  }

  #instanceOf(host: Host): Instance | undefined {
    return this.instances.find((instance) => instance.host === host);
  }
}
