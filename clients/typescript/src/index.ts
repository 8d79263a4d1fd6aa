// What the package offers.
export type * from './api-types.ts';
export { FreshetClient, type ClientOptions } from './client.ts';
export type { Clock, Random } from './clock.ts';
export {
  FreshetError,
  NetworkError,
  ProblemError,
  TimeoutError,
  UnreadableAnswerError,
  type AnyFreshetError,
} from './errors.ts';
export { eventsIn, type EventStorage, type TextStorage } from './event-storage.ts';
export type { CallOptions, Fetch } from './requests.ts';
export type { RetryOptions } from './retries.ts';
export type { TrackingOptions, Undelivered } from './tracking.ts';
