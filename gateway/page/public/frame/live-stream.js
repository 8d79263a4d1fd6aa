// Follows the server's events for as long as the page is looked at. By fetch, as EventSource can't send a key.
import { getStream, KeyWanted } from './api.js';

const firstPauseMs = 500;
const longestPauseMs = 8000;
/** The server sends a sample each second: one that is silent for so long is gone, even if nobody closed the connection. */
const silenceMs = 6000;
/** A tab that is hidden for so long lets go: browsers share few connections among all tabs of a server, servers have few for pages. */
const hiddenMs = 60_000;

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
    await untilVisible();
  }
}

async function read(on, opened) {
  const reader = (await getStream('/api/v1/live')).pipeThrough(new TextDecoderStream()).getReader();
  const stopWatching = onceHidden(() => void reader.cancel());
  opened();
  try {
    for (let rest = ''; ;) {
      const { value, done } = await withinTime(reader);
      if (done) return;
      const events = (rest + value).split('\n\n');
      rest = events.pop() ?? '';
      for (const event of events) handle(event, on);
    }
  } finally {
    stopWatching();
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

/**
 * Answers how to stop waiting for it.
 *
 * @param {() => void} then
 */
function onceHidden(then) {
  let timer = null;
  const look = () => {
    clearTimeout(timer);
    if (document.hidden) timer = setTimeout(then, hiddenMs);
  };
  document.addEventListener('visibilitychange', look);
  look();
  return () => {
    clearTimeout(timer);
    document.removeEventListener('visibilitychange', look);
  };
}

function untilVisible() {
  return new Promise((resolve) => {
    const look = () => {
      if (document.hidden) return;
      document.removeEventListener('visibilitychange', look);
      resolve();
    };
    document.addEventListener('visibilitychange', look);
    look();
  });
}
