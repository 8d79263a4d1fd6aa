// The system withstands chaos with the client library @platformatic/kafka.
import { chaosOn } from './chaos-on.ts';

chaosOn('platformatic');
