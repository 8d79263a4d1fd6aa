// Follows the server's events until the page is closed. By fetch, as EventSource can't send a key.
import { getStream, KeyWanted } from './api.js';

const firstPauseMs = 500;
const longestPauseMs = 8000;
/** The server sends a sample each second: one that is silent for so long is gone, even if nobody closed the connection. */
const silenceMs = 6000;

/**
 * Ends only when a key is wanted.
 *
 * @param {Record<string, (data: any) => void>} on  by the name of the event
 * @param {(state: 'live' | 'lost' | 'key', pauseMs?: number) => void} tell
 */
export async function follow(on, tell) {
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
    try {
      await read(on, () => {
        tell('live');
        pauseMs = firstPauseMs;
      });
    } catch (error) {
      if (error instanceof KeyWanted) return tell('key');
    }
    tell('lost', pauseMs);
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}

async function read(on, opened) {
  const reader = (await getStream('/api/v1/live')).pipeThrough(new TextDecoderStream()).getReader();
  opened();
  let rest = '';
  for (;;) {
    const { value, done } = await withinTime(reader);
    if (done) return;
    const events = (rest + value).split('\n\n');
    rest = events.pop() ?? '';
    for (const event of events) handle(event, on);
  }
}

async function withinTime(reader) {
  const timer = setTimeout(() => void reader.cancel(), silenceMs);
  try {
    return await reader.read();
  } finally {
    clearTimeout(timer);
  }
}

function handle(event, on) {
  const match = /^event: (\w+)\ndata: (.*)$/s.exec(event);
  if (match !== null) on[match[1]]?.(JSON.parse(match[2]));
}
