import { type Job as QueueJob, UnrecoverableError, WaitingError, Worker } from "bullmq";
import type { Command } from "../command-line.js";
import { printable } from "../errors.js";
import { TrialPool } from "../trial/pool.js";
import { DataCache } from "./data-transfer.js";
import { QUEUE, readPayload } from "./payload.js";
import { connect, placeOf } from "./redis.js";
import { PREFIX, QueueStore } from "./store.js";

/** Times that a trial may lose its worker. A trial that kills every worker must end. */
const MOST_STALLS = 10;

/**
 * Does the trials of a queue until it is stopped, and returns the exit code.
 *
 * The trainings are in threads. The main thread has nothing to do but to talk to Redis, so the locks of the trials are
 * renewed however long a step takes. The process has two connections, whatever its concurrency.
 */
export async function work(command: Extract<Command, { name: "worker" }>, signal: AbortSignal): Promise<number> {
  const { redis, concurrency, lock } = command;
  const warn = (text: string) => console.error(printable(text));
  const client = await connect(redis, warn);
  const store = new QueueStore(client, warn);
  const data = new DataCache(client);
  const pool = new TrialPool(concurrency);

  const perform = async (queued: QueueJob<unknown>, lockToken: string | undefined): Promise<string> => {
    const job = readPayload(queued.data);
    if (typeof job === "string") throw new UnrecoverableError(job);
    const token = await store.claim(job.id);
    if (token === undefined) return "known";
    const { data: hash, stream, ...rest } = job;
    const outcome = await pool.run(rest, await data.get(hash), store);
    if (outcome.kind === "stopped") {
      await queued.moveToWait(lockToken);
      throw new WaitingError();
    }
    if (outcome.kind === "failed") {
      throw outcome.isHopeless ? new UnrecoverableError(outcome.message) : new Error(outcome.message);
    }
    const answer = await store.write(outcome.result, token, stream);
    if (answer === "late")
      warn(`trial ${job.id}: another worker has taken this trial over, this result is not counted`);
    return answer;
  };

  const worker = new Worker(QUEUE, perform, {
    connection: client,
    prefix: PREFIX,
    concurrency,
    lockDuration: lock,
    stalledInterval: Math.max(lock / 2, 500),
    maxStalledCount: MOST_STALLS,
    // Seconds that a worker waits for a job before it asks again: a short wait finds a restarted server soon.
    drainDelay: 2,
    // Milliseconds after an error of the server, such as one that still loads its file; BullMQ would wait for 15 s.
    runRetryDelay: 1000,
  });
  worker.on("error", (error) => {
    // Lost connections are told by the connection itself, and lost locks by the result that is refused.
    if (!/lock|ECONN|closed|EPIPE/i.test(error.message)) warn(`worker: ${error.message}`);
  });
  worker.on("failed", (job, error) => warn(`trial ${job?.id}: ${error.message}`));
  console.log(`worker: ${placeOf(redis)}, ${concurrency} trials at a time`);

  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
  pool.stop();
  await worker.close();
  await pool.close();
  client.disconnect();
  console.log("worker: stopped, its trials are in the queue again");
  return signal.reason;
}
