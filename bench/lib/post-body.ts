// An interaction as a client posts it: without what is empty, and dated by the server.
import type { Interaction } from '../../schemas/types.ts';

const ofTheServer = new Set(['timestamp', 'received_at', 'backfill']);

export function postBody(interaction: Interaction): object {
  const given = Object.entries(interaction).filter(([name, value]) => value !== null && !ofTheServer.has(name));
  return Object.fromEntries(given);
}
