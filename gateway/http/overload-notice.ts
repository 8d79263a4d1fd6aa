// Says in the log that requests are turned away, once when it begins and once when it has ended.
import type { Logger } from 'pino';

const lookEveryMs = 1000;

export function overloadNotice(logger: Pick<Logger, 'warn' | 'info'>) {
  let turnedAway = 0;
  let looking: NodeJS.Timeout | undefined;
  const close = () => {
    clearInterval(looking);
    looking = undefined;
  };
  const look = () => {
    if (turnedAway > 0) return void (turnedAway = 0);
    close();
    logger.info('all requests are answered again');
  };
  return {
    note: () => {
      turnedAway += 1;
      if (looking !== undefined) return;
      logger.warn('more requests than can be answered: some are turned away');
      looking = setInterval(look, lookEveryMs).unref();
    },
    close,
  };
}
