// The system withstands chaos with the client library kafkajs.
import { chaosOn } from './chaos-on.ts';

chaosOn('kafkajs');
