// What a benchmark is to the command that runs it.

/** Numbers given on the command line; each bench has its own defaults. */
export interface BenchOptions {
  readonly seconds?: number;
  readonly customers?: number;
  readonly events?: number;
  readonly sessions?: number;
  readonly items?: number;
  readonly workers?: number;
  /** @default 'embedded' */
  readonly on?: 'embedded' | 'servers';
  /** A Kafka client by its name. @default each in turn */
  readonly client?: string;
  /** Where what takes long to make is kept and found again; left out: in a temporary folder, each time anew. */
  readonly folder?: string;
}

export type Figures = Readonly<Record<string, unknown>>;

export interface Bench {
  /** Prints what a person wants to see on the way; answers what a machine keeps. */
  run(options: BenchOptions): Promise<Figures>;
}
