// Digests of images: written to every place that names one, by what `docker` says, for which a program of this test stands in.
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { after, beforeEach, test } from 'node:test';
import { said } from '../deploy/testing/said.ts';

const files = ['Dockerfile', 'docker-compose.yml', 'deploy/helm/freshet/values.yaml'];
const folder = mkdtempSync(join(tmpdir(), 'freshet-images-'));
const read = (file: string) => readFileSync(join(folder, file), 'utf8');
/** Lines that name an image of others. */
const others = () => files.flatMap((file) => read(file).match(/^\s*(FROM|image:) (?!freshet:)\S+:.*$/gm) ?? []);

beforeEach(() => {
  for (const file of files) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    cpSync(file, join(folder, file));
  }
});
after(() => rmSync(folder, { recursive: true }));

/** `docker` answers for a tag with a digest of one character, over and over; without one it fails. */
function pin(character: string): ReturnType<typeof said> {
  const docker = join(folder, 'bin', 'docker');
  mkdirSync(dirname(docker), { recursive: true });
  const answer = `case "$4" in *@*) exit 1 ;; *:*) echo sha256:${character.repeat(64)} ;; esac`;
  writeFileSync(docker, `#!/bin/sh\n${character === '' ? 'echo no such engine >&2; exit 1' : answer}\n`, {
    mode: 0o755,
  });
  const path = `${dirname(docker)}${delimiter}${process.env['PATH']}`;
  return said('sh', ['-c', `cd "${folder}" && exec "${process.execPath}" "${resolve('scripts/pin-images.ts')}"`], {
    PATH: path,
  });
}

test('every image of others gets the digest, and a newer one in its place; ours and the tags stay', () => {
  const tags = others();
  assert.ok(tags.length >= 8, tags.join('\n'));
  for (const character of ['a', 'b']) {
    const { status, errors } = pin(character);
    assert.equal(status, 0, errors);
    assert.deepEqual(others(), tags.map((line) => line.replace(/(:v?\d[\w.-]*)/, `$1@sha256:${character.repeat(64)}`))); // prettier-ignore
  }
  assert.match(read('docker-compose.yml'), /^ {2}image: freshet:\d+\.\d+\.\d+$/m);
});

test('nothing is written when docker can’t tell', () => {
  const before = files.map(read);
  const { status, errors } = pin('');
  assert.notEqual(status, 0);
  assert.match(errors, /docker could not tell the digest of .*: no such engine/);
  assert.deepEqual(files.map(read), before);
});
