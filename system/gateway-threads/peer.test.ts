import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { isUnavailable, isOutOfRoom } from '../../gateway/errors.ts';
import { DependencyUnavailable } from '../../streams/errors.ts';
import { pack, transferOf, unpack, type Packed } from './packed.ts';
import { Peer } from './peer.ts';

type Theirs = {
  double(number: number): Promise<number>;
  fail(error: string): Promise<never>;
  note(text: string): void;
  echo(records: Packed<{ readonly topic: string }>): Packed<{ readonly topic: string }>;
};

async function withPeers(
  test: (peer: Peer<Theirs>, noted: string[], port: MessagePort) => Promise<void>,
): Promise<void> {
  const { port1, port2 } = new MessageChannel();
  const noted: string[] = [];
  const cause = Object.assign(new Error('no space'), { code: 'ENOSPC' });
  const failures: Record<string, Error> = {
    plain: Object.assign(new Error('port 1 is in use'), { code: 'EADDRINUSE' }),
    away: new DependencyUnavailable('log', 'the log is away'),
    full: new DependencyUnavailable('disk', 'the disk is full', { cause }),
  };
  const ours: Theirs = {
    double: async (number) => number * 2,
    fail: (name) => Promise.reject(failures[name]),
    note: (text) => void noted.push(text),
    echo: (records) => records,
  };
  const other = new Peer(port2, ours);
  try {
    await test(new Peer<Theirs>(port1, {}), noted, port1);
  } finally {
    other.end(new Error('over'));
    port1.close();
  }
}

test('calls are answered, each its own, and tellings arrive in order with them', () =>
  withPeers(async (peer, noted) => {
    peer.tell('note', 'one');
    const answers = Promise.all([1, 2, 3].map((number) => peer.call('double', number)));
    peer.tell('note', 'two');
    assert.deepEqual(await answers, [2, 4, 6]);
    await peer.call('double', 0);
    assert.deepEqual(noted, ['one', 'two']);
  }));

test('errors say on the other side what they said here', () =>
  withPeers(async (peer) => {
    await assert.rejects(peer.call('fail', 'plain'), { message: 'port 1 is in use', code: 'EADDRINUSE' });
    const away = await peer.call('fail', 'away').catch((error: unknown) => error as Error);
    assert.ok(isUnavailable(away) && !isOutOfRoom(away));
    const full = await peer.call('fail', 'full').catch((error: unknown) => error as Error);
    assert.ok(isUnavailable(full) && isOutOfRoom(full));
  }));

test('who waits for a peer that is gone is told, and who calls it later', () =>
  withPeers(async (peer) => {
    const waiting = peer.call('double', 1);
    peer.end(new Error('it has ended'));
    await assert.rejects(waiting, /it has ended/);
    await assert.rejects(peer.call('double', 1), /it has ended/);
    peer.tell('note', 'nobody hears it');
  }));

test('records arrive as they were, with null for what is not there', () =>
  withPeers(async (peer) => {
    const records = [
      { topic: 'a', key: Buffer.from('anna'), value: Buffer.from('one') },
      { topic: 'b', key: null, value: Buffer.alloc(0) },
      { topic: 'c', key: Buffer.from('carl'), value: null },
    ];
    const packed = pack(records);
    assert.deepEqual(unpack(await peer.call('echo', packed, transferOf(packed))), records);
    assert.equal(packed.bytes.length, 0, 'the bytes have changed hands');
    assert.deepEqual(unpack(pack([])), []);
  }));
