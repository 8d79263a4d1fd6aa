// Which folder may know which, and who may ask for the time: the rules that keep processors replayable and parts
// replaceable. A rule names what is allowed, so that a new dependency between folders is a decision made here.

type Rule = {
  /** The folder that the rule binds; the first rule that fits a file counts. */
  folder: string;
  /** Folders and files of the project that it may import; its own folder is always allowed. */
  mayImport: string[];
  /** Packages and `node:` modules that it may import; any when absent. */
  packages?: RegExp;
};

const publicStreams = 'streams/index.ts';

const rules: Rule[] = [
  { folder: 'models/', mayImport: [], packages: /^(@tensorflow\/|node:worker_threads$)/ },
  { folder: 'schemas/', mayImport: [publicStreams] },
  { folder: 'streams/', mayImport: [] },
  { folder: 'processors/', mayImport: [publicStreams, 'schemas/', 'models/'] },
  { folder: 'evaluation/', mayImport: ['streams/', 'schemas/', 'models/', 'processors/'], packages: /^node:/ },
  { folder: 'gateway/', mayImport: ['schemas/', 'serving/', 'config/', 'models/'] },
];

/** Tests may also reach what is made for tests, and any package. */
const testFiles = /\.(test|contract)\.ts$|\/testing\//;
const madeForTests = ['test/', 'streams/testing/', 'streams/random.ts'];

const kafkaClient = /kafka/i;
const kafkaFolder = 'streams/log/kafka/';
/** Programs of others, who are no part of Freshet. */
const examples = 'examples/';

/** Loaded only when traces are on: in one file, which others import when they need it, never at their start. */
const openTelemetry = /^@opentelemetry\//;
const openTelemetryFile = 'system/tracing/open-telemetry.ts';

const timeless = ['models/', 'processors/'];

/** What is wrong with a file, one sentence each. `path` is relative to the project, with forward slashes. */
export function violations(path: string, source: string): string[] {
  const code = withoutComments(source);
  const wrongImports = importsOf(code).flatMap((specifier) => importViolation(path, specifier) ?? []);
  return [...wrongImports, ...tracingViolations(path, code), ...clockViolations(path, code)];
}

function importViolation(path: string, specifier: string): string | undefined {
  const isTest = testFiles.test(path);
  const rule = rules.find(({ folder }) => path.startsWith(folder));
  if (!specifier.startsWith('.')) {
    if (kafkaClient.test(specifier) && ![kafkaFolder, examples].some((each) => path.startsWith(each)) && !isTest)
      return `imports ${specifier}: only ${kafkaFolder} may know a Kafka client`;
    if (rule?.packages === undefined || rule.packages.test(specifier) || isTest) return undefined;
    return `imports ${specifier}: ${rule.folder} may import only packages that match ${rule.packages}`;
  }
  const target = resolveFrom(path, specifier);
  if (rule === undefined) return undefined;
  const allowed = [rule.folder, ...rule.mayImport, ...(isTest ? madeForTests : [])];
  if (allowed.some((each) => (each.endsWith('/') ? target.startsWith(each) : target === each))) return undefined;
  return `imports ${target}: ${rule.folder} may import only ${allowed.join(', ')}`;
}

function tracingViolations(path: string, code: string): string[] {
  if (testFiles.test(path)) return [];
  return importsAtStart(code)
    .filter((specifier) =>
      specifier.startsWith('.')
        ? resolveFrom(path, specifier) === openTelemetryFile
        : openTelemetry.test(specifier) && path !== openTelemetryFile,
    )
    .map((specifier) => `imports ${specifier}: without traces OpenTelemetry must not be loaded`);
}

/** The rest of this rule (Date.now, Math.random …) is the linter's, which cannot tell `new Date()` from `new Date(ms)`. */
function clockViolations(path: string, code: string): string[] {
  if (testFiles.test(path) || !timeless.some((folder) => path.startsWith(folder))) return [];
  return /\bnew Date\b\s*(?!\s*\(\s*[^\s)])/.test(code)
    ? ['asks the clock with new Date(): time comes from the context']
    : [];
}

function importsOf(code: string): string[] {
  const dynamic = /\b(?:import|require)\s*\(\s*['"]([^'"]+)['"]/g;
  return [...importsAtStart(code), ...found(dynamic, code)];
}

function importsAtStart(code: string): string[] {
  const statement = /^\s*(?:import|export)\b[^'"`;]*?\bfrom\s*['"]([^'"]+)['"]/gm;
  const bare = /^\s*import\s*['"]([^'"]+)['"]/gm;
  return [...found(statement, code), ...found(bare, code)];
}

function found(pattern: RegExp, code: string): string[] {
  return [...code.matchAll(pattern)].map((match) => match[1] ?? '');
}

/** Good enough for imports: a `//` inside a string (an address) may take the rest of its line along. */
function withoutComments(source: string): string {
  return source.replace(/\/\*[\s\S]*?\*\//g, '').replace(/\/\/.*$/gm, '');
}

function resolveFrom(path: string, specifier: string): string {
  const base = new URL(path, 'file:///');
  return decodeURIComponent(new URL(specifier, base).pathname).slice(1);
}
