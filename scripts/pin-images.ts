// `npm run pin-images`: writes behind each image of others the digest that its registry has for the tag, so that a tag that is pushed
// again changes nothing. Docker asks the registries; without it, or without them, nothing is written. The tag stays, to be read and to
// be changed: take the digest away with it, and run this again.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';

/** Every place that names an image of others. */
const files = ['Dockerfile', 'docker-compose.yml', 'deploy/helm/freshet/values.yaml'];
const named = /^(\s*(?:FROM|image:) )([\w./-]+:v?\d[\w.-]*)(@sha256:[0-9a-f]{64})?/gm;
const ours = /^freshet:/;

const texts = files.map((file) => ({ file, text: readFileSync(file, 'utf8') }));
const images = new Set(texts.flatMap(({ text }) => Array.from(text.matchAll(named), ([, , image = '']) => image)));
const digests = new Map([...images].filter((image) => !ours.test(image)).map((image) => [image, digestOf(image)]));

for (const { file, text } of texts) {
  const pinned = text.replace(named, (line, before: string, image: string) => {
    const digest = digests.get(image);
    return digest === undefined ? line : `${before}${image}@${digest}`;
  });
  if (pinned !== text) writeFileSync(file, pinned);
}
for (const [image, digest] of digests) console.log(`${image} ${digest}`);

/** Of the list of all platforms. @throws Error when it can't be had. */
function digestOf(image: string): string {
  const args = ['buildx', 'imagetools', 'inspect', image, '--format', '{{.Manifest.Digest}}'];
  const { status, stdout, stderr, error } = spawnSync('docker', args, { encoding: 'utf8' });
  const digest = stdout?.trim();
  if (status === 0 && /^sha256:[0-9a-f]{64}$/.test(digest)) return digest;
  throw new Error(`docker could not tell the digest of ${image}: ${error?.message ?? (stderr || stdout)}`);
}
