// The least that can answer from Redis: node:http and ioredis with auto-pipelining. `bare-redis-server.ts URL THREADS` prints its port,
// which the threads share as the gateway's do.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { Redis } from 'ioredis';

interface ThreadData {
  readonly url: string;
  readonly port: number;
}

if (isMainThread) await startThreads(process.argv[2] ?? '', Number(process.argv[3] ?? '1'));
else await serve(workerData as ThreadData);

async function startThreads(url: string, threads: number): Promise<void> {
  let port = 0;
  for (let thread = 0; thread < threads; thread += 1) {
    const data: ThreadData = { url, port };
    const worker = new Worker(new URL(import.meta.url), { workerData: data });
    [port] = (await once(worker, 'message')) as [number];
  }
  console.log(port);
}

async function serve({ url, port }: ThreadData): Promise<void> {
  const redis = new Redis(url, { enableAutoPipelining: true });
  const server = createServer((request, response) => {
    void redis.getBuffer(`bare:${request.url}`).then((bytes) => {
      if (bytes === null) return void response.writeHead(404).end();
      response.writeHead(200, { 'content-type': 'application/json; charset=utf-8', 'content-length': bytes.length });
      response.end(bytes);
    });
  });
  server.listen({ host: '127.0.0.1', port, reusePort: true }, () =>
    parentPort?.postMessage((server.address() as AddressInfo).port),
  );
}
