// `npm run sizing`: from measured unit costs to processes, memory and partitions. docs/sizing.md shows the table, and says where each
// figure is from; change both together.

/** CPU in µs, memory in MiB, of docs/performance.md and docs/redis.md. */
const COST = {
  /** freshness on servers: 0.51 of a core for the customers stage at 1,000 events a second, handled as they come. */
  customersPerEventUs: 510,
  /** The same: 0.19 for the other stages and the serving store. */
  othersPerEventUs: 190,
  /** The same: 0.33 for a POST and a GET, without the GET's 107. */
  postUs: 223,
  /** gateway: a POST of 100 events, for each of them. */
  postedTogetherUs: 45.5,
  /** gateway-redis: one thread, each list made anew. */
  readUs: 107,
  /** stages: own memory of one process with all stages after a backlog. */
  processMiB: 572,
  /** scale, disk: 6,767 MiB for a million customers, of which log, state and serving store are each a part. */
  diskPerCustomerKiB: 6.9,
  /** redis.md */
  redisPerCustomerKiB: 1.8,
};
/** So much of a core is used on average: the rest is for peaks, restarts and whoever is away. */
const USED = 0.6;
/** A process of the stages handles events in one thread. */
const PARTITIONS_MAX = 256;
const PARTITIONS_PER_PROCESS = 2;
const REPLICAS_MIN = 2;

interface Size {
  readonly eventsPerSecond: number;
  readonly customers: number;
}

const sizes: readonly Size[] = [
  { eventsPerSecond: 100, customers: 100_000 },
  { eventsPerSecond: 1_000, customers: 1_000_000 },
  { eventsPerSecond: 10_000, customers: 10_000_000 },
  { eventsPerSecond: 100_000, customers: 50_000_000 },
  { eventsPerSecond: 1_000_000, customers: 100_000_000 },
];

/** As Markdown. A read for each event, and events posted one by one; in brackets when they are posted a hundred at a time. */
export function sizingTable(): string {
  const rows = sizes.map(({ eventsPerSecond, customers }) => {
    const stages = processes(eventsPerSecond * COST.customersPerEventUs);
    const others = processes(eventsPerSecond * COST.othersPerEventUs);
    const gateways = processes(eventsPerSecond * (COST.postUs + COST.readUs));
    const gatewaysTogether = processes(eventsPerSecond * (COST.postedTogetherUs + COST.readUs));
    return [
      number(eventsPerSecond),
      number(customers),
      number(stages),
      number(others),
      `${number(gateways)} (${number(gatewaysTogether)})`,
      `${number(((stages + others) * COST.processMiB) / 1024)} GiB`,
      `${number((customers * COST.diskPerCustomerKiB) / 1024 ** 2)} GiB`,
      `${number((customers * COST.redisPerCustomerKiB) / 1024 ** 2)} GiB`,
      partitionsFor(stages),
    ];
  });
  const heading = ['events/s', 'customers', 'customers stage', 'items, rankings, serve', 'gateways', 'memory of stages', 'local disk, all together', 'Redis', 'partitions']; // prettier-ignore
  return [heading, heading.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** For so many µs of work each second; never fewer than what survives the loss of one. */
function processes(usPerSecond: number): number {
  return Math.max(REPLICAS_MIN, Math.ceil(usPerSecond / 1e6 / USED));
}

function partitionsFor(stages: number): string {
  const wanted = Math.max(4, 2 ** Math.ceil(Math.log2(stages * PARTITIONS_PER_PROCESS)));
  if (wanted <= PARTITIONS_MAX) return number(wanted);
  return stages <= PARTITIONS_MAX ? number(PARTITIONS_MAX) : `more than ${PARTITIONS_MAX}`;
}

function number(value: number): string {
  return (value < 1 ? Math.round(value * 10) / 10 : Math.ceil(value)).toLocaleString('en');
}

if (import.meta.main) console.log(sizingTable());
