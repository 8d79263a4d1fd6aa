import assert from 'node:assert/strict';
import { test } from 'node:test';
import { freePort, hasCommand, startProgram } from './program.ts';

const answering = (port: number) =>
  `require('node:http').createServer((q, r) => r.end('here')).listen(${port}, '127.0.0.1', () => console.log('up'))`;

test('a program is ready when it says so, and ends when told, even if it stands still', async () => {
  const port = await freePort();
  const program = await startProgram({
    command: process.execPath,
    args: ['-e', answering(port)],
    isReady: (output) => output.includes('up'),
  });
  assert.equal(await (await fetch(`http://127.0.0.1:${port}`)).text(), 'here');
  program.pause();
  await program.stop();
  await assert.rejects(fetch(`http://127.0.0.1:${port}`));
});

test('one that ends at once, or is not there, is an error with what it said', async () => {
  const isReady = () => false;
  await assert.rejects(
    startProgram({ command: process.execPath, args: ['-e', 'console.error("no room"); process.exit(1)'], isReady }),
    /no room/,
  );
  await assert.rejects(startProgram({ command: 'no-such-program', args: [], isReady }), /no-such-program/);
  assert.equal(hasCommand('no-such-program'), false);
});
