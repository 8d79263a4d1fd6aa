// `npm run lock`: adds to package-lock.json the optional packages for other platforms that npm left out. npm does so
// when a registry (a company's mirror, say) holds only the platforms that its users have, and then refuses its own lock
// file at the next `npm ci`. Of those that production may install it asks for hash and licence. With `--check` it only says what is
// missing.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';

type Entry = {
  version?: string;
  resolved?: string;
  integrity?: string;
  license?: string;
  dev?: boolean;
  optional?: boolean;
  os?: string[];
  cpu?: string[];
  libc?: string[];
  optionalDependencies?: Record<string, string>;
};
type Packages = Record<string, Entry>;

const path = 'package-lock.json';
const lock = JSON.parse(readFileSync(path, 'utf8')) as { packages: Packages };
const missing = missingFrom(lock.packages);

if (process.argv.includes('--check')) {
  const named = Object.entries(lock.packages).filter(([, { resolved }]) => resolved?.startsWith('http'));
  for (const [name] of named) console.log(`${name} names a registry: reinstall it with the project's .npmrc`);
  for (const [name] of missing) console.log(`${name} is missing: npm run lock`);
  if (named.length + missing.length > 0) process.exitCode = 1;
} else {
  const all = [...Object.entries(lock.packages), ...missing];
  for (const [path, entry] of all) if (isUnknown(path, entry)) Object.assign(entry, published(path, entry));
  const sorted = Object.fromEntries(all.sort(([a], [b]) => a.localeCompare(b, 'en')));
  writeFileSync(path, `${JSON.stringify({ ...lock, packages: sorted }, undefined, 2)}\n`);
  console.log(`${missing.length} added`);
}

function missingFrom(packages: Packages): [string, Entry][] {
  const wanted = Object.values(packages).flatMap(({ optionalDependencies, dev }) =>
    Object.entries(optionalDependencies ?? {}).map(([name, version]) => ({ name, version, dev })),
  );
  return wanted
    .filter(({ name, version }) => packages[`node_modules/${name}`] === undefined && /^\d/.test(version))
    .map(({ name, version, dev }) => [
      `node_modules/${name}`,
      { version, ...platformOf(name), ...(dev === true ? { dev } : {}), optional: true },
    ]);
}

function isUnknown(path: string, { dev, integrity }: Entry): boolean {
  return path !== '' && dev !== true && integrity === undefined;
}

/** What the registry says of a package; nothing when it does not have it. */
function published(path: string, { version }: Entry): Pick<Entry, 'integrity' | 'license'> {
  const name = path.replace(/^.*node_modules\//, '');
  const { stdout } = spawnSync('npm', ['view', `${name}@${version}`, '--json'], { encoding: 'utf8' });
  const { dist, license } = JSON.parse(stdout || '{}') as { dist?: { integrity?: string }; license?: string };
  return {
    ...(dist?.integrity === undefined ? {} : { integrity: dist.integrity }),
    ...(license === undefined || license === '' ? {} : { license }),
  };
}

/** Such packages are named after what they run on; without it npm would try to install them everywhere. */
function platformOf(name: string): Pick<Entry, 'os' | 'cpu' | 'libc'> {
  const os = /darwin|win32|linux|android|freebsd|openharmony/.exec(name)?.[0];
  const cpu = /arm64|arm|x64|ia32|ppc64|riscv64|s390x|loong64/.exec(name.slice(name.indexOf(os ?? '')))?.[0];
  const libc = os === 'linux' ? (/musl/.exec(name)?.[0] ?? /gnu/.exec(name)?.[0]?.replace('gnu', 'glibc')) : undefined;
  return {
    ...(os === undefined ? {} : { os: [os] }),
    ...(cpu === undefined ? {} : { cpu: [cpu] }),
    ...(libc === undefined ? {} : { libc: [libc] }),
  };
}
