// A client with everything around it in the test's hands.
import { randomFrom } from '../../../../gateway/testing/random.ts';
import { FreshetClient, type ClientOptions } from '../client.ts';
import type { Undelivered } from '../tracking.ts';
import { ManualClock } from './manual-clock.ts';
import { ScriptedServer } from './scripted-server.ts';

export function openBench(options: Partial<ClientOptions> = {}) {
  const server = new ScriptedServer();
  const clock = new ManualClock();
  const undelivered: Undelivered[] = [];
  let hide: () => void = () => undefined;
  const client = new FreshetClient({
    url: 'http://freshet.test/',
    fetch: server.fetch,
    clock,
    random: randomFrom(1),
    onPageHide: (call) => {
      hide = call;
      return () => (hide = () => undefined);
    },
    ...options,
    tracking: { onUndelivered: (each) => undelivered.push(each), ...options.tracking },
  });
  return { client, server, clock, undelivered, hidePage: () => hide() };
}
