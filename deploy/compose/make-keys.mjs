// The keys of docker-compose.yml: made at the first start, so that none stands in a file that everybody has. Plain JavaScript, as it
// is given to the image from outside: `node make-keys.mjs <folder>`.
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = process.argv[2] ?? '.';
const all = join(folder, 'api-keys');
const ofPrometheus = join(folder, 'prometheus-key');
/** Each service has a user of its own, and the folder is theirs alone. */
const mode = 0o444;

if (!existsSync(all)) {
  const [admin, reader] = [newKey(), newKey()];
  writeFileSync(ofPrometheus, reader, { mode });
  writeFileSync(all, `${admin}:admin,${reader}:read`, { mode });
}
const [admin] = readFileSync(all, 'utf8').split(':');
process.stdout.write(`The key for the page and the API, which may do everything:\n  ${admin}\n`);

function newKey() {
  return randomBytes(24).toString('base64url');
}
