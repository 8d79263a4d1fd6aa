// A thread that helps to solve rows: waits for a job, takes rows as long as there are some, says that it is done, and waits again.
import { workerData } from 'node:worker_threads';
import { kernelsOn } from './arena.ts';
import { JOB, solveShare, type ThreadData } from './row-threads.ts';

const { memory, control, index } = workerData as ThreadData;
const kernels = kernelsOn(memory);
Atomics.add(control, JOB.ready, 1);
Atomics.notify(control, JOB.ready);
for (let job = 0; ; job += 1) {
  while (Atomics.load(control, JOB.number) === job) Atomics.wait(control, JOB.number, job);
  if (Atomics.load(control, JOB.number) < 0) break;
  solveShare(kernels, control, index);
  Atomics.add(control, JOB.done, 1);
  Atomics.notify(control, JOB.done);
}
