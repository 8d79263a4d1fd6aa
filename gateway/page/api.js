// Calls the API, with the key that the reader gave if the server asks for one.

const keyName = 'freshet-key';
const firstPauseMs = 500;
const longestPauseMs = 8000;

/** The server wants another key. */
export class KeyWanted extends Error {}

export function useKey(key) {
  sessionStorage.setItem(keyName, key);
}

export function hasKey() {
  return sessionStorage.getItem(keyName) !== null;
}

/** Answers the JSON, or null when there is none (404). */
export async function get(path) {
  const response = await fetch(path, { headers: headers() });
  if (response.status === 401 || response.status === 403) throw new KeyWanted();
  if (response.status === 404) return null;
  if (!response.ok) throw new Error(`${path} answered ${response.status}`);
  return response.json();
}

/**
 * Follows the server's events until the page is closed. By fetch, as EventSource can't send a key.
 *
 * @param {Record<string, (data: any) => void>} on
 * @param {(state: 'live' | 'lost' | 'key') => void} tell
 */
export async function follow(on, tell) {
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
    try {
      await read(on, () => {
        tell('live');
        pauseMs = firstPauseMs;
      });
      tell('lost');
    } catch (error) {
      tell(error instanceof KeyWanted ? 'key' : 'lost');
      if (error instanceof KeyWanted) return;
    }
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}

async function read(on, opened) {
  const response = await fetch('/api/v1/live', { headers: headers() });
  if (response.status === 401 || response.status === 403) throw new KeyWanted();
  if (!response.ok || response.body === null) throw new Error(`the live stream answered ${response.status}`);
  opened();
  let rest = '';
  for await (const text of texts(response.body)) {
    const events = (rest + text).split('\n\n');
    rest = events.pop() ?? '';
    for (const event of events) handle(event, on);
  }
}

/** Not every browser can iterate over a stream. */
async function* texts(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) yield chunk.value;
}

function handle(event, on) {
  const match = /^event: (\w+)\ndata: (.*)$/s.exec(event);
  if (match !== null) on[match[1]]?.(JSON.parse(match[2]));
}

function headers() {
  const key = sessionStorage.getItem(keyName);
  return key === null ? {} : { authorization: `Bearer ${key}` };
}
