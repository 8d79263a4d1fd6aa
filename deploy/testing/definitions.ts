// Definitions of others' objects (operators, the Gateway API), as their makers publish them beside their source, and what is wrong with
// an object by them. As the API server with `--validate=strict`: what is not in the schema is refused.
import { cpSync, globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Ajv } from 'ajv';
import { parseAllDocuments } from 'yaml';
import { kept } from '../../test/servers/kept.ts';
import { moduleFolder } from './go-modules.ts';

const published = [
  { module: 'sigs.k8s.io/gateway-api', version: 'v1.4.1', files: 'config/crd/standard/*_{httproutes,gateways}.yaml' },
  {
    module: 'github.com/prometheus-operator/prometheus-operator',
    version: 'v0.85.0',
    files: 'example/prometheus-operator-crd/*_{servicemonitors,prometheusrules}.yaml',
  },
  { module: 'github.com/kedacore/keda/v2', version: 'v2.18.0', files: 'config/crd/bases/keda.sh_scaledobjects.yaml' },
  {
    module: 'github.com/external-secrets/external-secrets',
    version: 'v1.3.2',
    files: 'config/crds/bases/external-secrets.io_{externalsecrets,clustersecretstores}.yaml',
  },
];

/** Fetched once for a machine, with Go. */
async function definitionFiles(): Promise<string[]> {
  const name = `definitions-${published.map(({ version }) => version).join('-')}`;
  const folder = await kept(name, async (into) => {
    for (const { module, version, files } of published) {
      const source = moduleFolder(module, version);
      for (const file of globSync(files, { cwd: source })) cpSync(join(source, file), join(into, basename(file)));
    }
  });
  return globSync(join(folder, '*.yaml')).sort();
}

/** Undefined when none of the definitions is of its kind. */
export async function problemsByDefinition(object: CustomObject): Promise<string[] | undefined> {
  const [group, version] = object.apiVersion.split('/');
  const all = await (definitions ??= read());
  const found = all.find((each) => each.group === group && each.names.kind === object.kind);
  if (found === undefined) return undefined;
  const served = found.versions.find((each) => each.name === version && each.served);
  return served === undefined ? [`${version} is not served`] : problems(served.schema.openAPIV3Schema, object);
}

/** Reading them takes a second. */
let definitions: Promise<Definition[]> | undefined;

async function read(): Promise<Definition[]> {
  const documents = (await definitionFiles()).flatMap((file) => parseAllDocuments(readFileSync(file, 'utf8')));
  return documents.flatMap((document) => (document.toJS() as { readonly spec?: Definition } | null)?.spec ?? []);
}

function problems(schema: Schema, object: CustomObject): string[] {
  const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false, logger: false });
  const validate = ajv.compile(closed({ ...schema, properties: { ...schema.properties, metadata: true } }));
  validate(object);
  return (validate.errors ?? []).map(({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`); // prettier-ignore
}

/** With nothing allowed that is not named, where the server would drop it. */
function closed(schema: Schema | boolean): Schema | boolean {
  if (typeof schema === 'boolean') return schema;
  const { properties, items, additionalProperties, pattern } = schema;
  const isOpen = schema['x-kubernetes-preserve-unknown-fields'] === true || additionalProperties !== undefined;
  const closedProperties = Object.entries(properties ?? {}).map(([name, each]) => [name, closed(each)] as const);
  return {
    ...schema,
    ...(properties === undefined ? {} : { properties: Object.fromEntries(closedProperties) }),
    ...(properties === undefined || isOpen ? {} : { additionalProperties: false }),
    ...(items === undefined ? {} : { items: closed(items) }),
    ...(additionalProperties === undefined ? {} : { additionalProperties: closed(additionalProperties) }),
    // Go ends such a flag with the group that it stands in, as JavaScript begins one with it.
    ...(pattern === undefined ? {} : { pattern: pattern.replace(/\(\?i\)(.*)$/, '(?i:$1)') }),
    // Numbers that may also be written as texts with a unit have no type of their own.
    ...(schema['x-kubernetes-int-or-string'] === true ? { type: ['integer', 'string'] } : {}),
  };
}

export interface CustomObject {
  readonly apiVersion: string;
  readonly kind: string;
}

interface Schema {
  readonly properties?: Readonly<Record<string, Schema | boolean>>;
  readonly items?: Schema | boolean;
  readonly pattern?: string;
  readonly additionalProperties?: Schema | boolean;
  readonly [keyword: string]: unknown;
}

interface Definition {
  readonly group: string;
  readonly names: { readonly kind: string };
  readonly versions: readonly {
    readonly name: string;
    readonly served: boolean;
    readonly schema: { readonly openAPIV3Schema: Schema };
  }[];
}
