// POSTs of the demo shop's traffic, written out beforehand. The events have no ids, so each is a new one however often it is sent.
import { createShop } from '../../demo/shop.ts';
import type { Interaction } from '../../schemas/types.ts';
import { shopInteractions } from './backlog.ts';
import type { Ask } from './http-load.ts';
import { postBody } from './post-body.ts';

const EVENTS = 10_000;

export function postAsks(seed: number, eventsPerPost: number): Ask[] {
  const events = shopInteractions(createShop(seed), Date.now(), 1_000);
  const nextBody = () => {
    const { interaction_id: _id, ...event } = postBody(events.next().value as Interaction) as Record<string, unknown>; // endless
    return event;
  };
  return Array.from({ length: EVENTS / eventsPerPost }, () => {
    const bodies = Array.from({ length: eventsPerPost }, nextBody);
    return { path: '/api/v1/interactions', body: JSON.stringify(eventsPerPost === 1 ? bodies[0] : { events: bodies }) };
  });
}
