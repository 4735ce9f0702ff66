import { randomUUID } from "node:crypto";
import { Queue } from "bullmq";
import type { Redis } from "ioredis";
import type { RedisAddress } from "../command-line.js";
import { messageOf } from "../errors.js";
import type { SharedData } from "../trial/data.js";
import { ATTEMPTS, BACK_OFF, type Engine, type Job, type Outcome } from "../trial/job.js";
import { uploadData } from "./data-transfer.js";
import { type Payload, QUEUE, streamOf } from "./payload.js";
import { connect } from "./redis.js";
import { PREFIX, QueueStore } from "./store.js";

/** Jobs in the queue at a time: enough for a thousand workers, few enough for a small server. */
const WINDOW = 2000;

/** Milliseconds that a read of the stream waits for news. */
const BLOCK = 1000;

/** Milliseconds from one look at the jobs without a result to the next. */
const LOOK_EVERY = 3000;

/** Jobs that are looked at together, so that a distant server is not asked one question at a time. */
const PART = 100;

interface Pending {
  readonly payload: Payload;
  readonly resolve: (outcome: Outcome) => void;
}

/**
 * Gives jobs to the workers of a queue on Redis.
 *
 * Results are announced in a stream. Nothing depends on the announcements: every few seconds the engine looks at the
 * jobs without a result. It finds results whose announcement was lost, adds jobs that the server has lost, and ends
 * jobs that have failed, also those that BullMQ fails without an event because their workers have died too often.
 */
export class QueueEngine implements Engine {
  readonly window = WINDOW;
  readonly #client: Redis;
  readonly #reader: Redis;
  readonly #queue: Queue<Payload>;
  readonly #store: QueueStore;
  readonly #hash: string;
  readonly #stream = streamOf(randomUUID());
  readonly #pending = new Map<string, Pending>();
  readonly #warn: (text: string) => void;
  #closed = false;
  #stopped = false;
  #timer: NodeJS.Timeout | undefined;

  private constructor(client: Redis, reader: Redis, hash: string, warn: (text: string) => void) {
    this.#client = client;
    this.#reader = reader;
    this.#hash = hash;
    this.#warn = warn;
    this.#store = new QueueStore(client, warn);
    this.#queue = new Queue(QUEUE, { connection: client, prefix: PREFIX });
    // The connection itself warns.
    this.#queue.on("error", () => {});
    void this.#listen();
    this.#timer = setTimeout(() => this.#lookAgain(), LOOK_EVERY);
  }

  /** Connects to a server, over two connections, and puts the data there. */
  static async open(address: RedisAddress, data: SharedData, warn: (text: string) => void): Promise<QueueEngine> {
    const client = await connect(address, warn);
    try {
      await uploadData(client, data);
      return new QueueEngine(client, await connect(address, () => {}), data.hash, warn);
    } catch (error) {
      client.disconnect();
      throw error;
    }
  }

  async run(job: Job): Promise<Outcome> {
    if (this.#stopped) return { kind: "stopped" };
    const payload: Payload = { ...job, data: this.#hash, stream: this.#stream };
    const outcome = new Promise<Outcome>((resolve) => this.#pending.set(job.id, { payload, resolve }));
    this.#collectSoon(job.id);
    await this.#add(payload).catch(() => {
      // The next look at the jobs adds it.
    });
    return outcome;
  }

  async #add(payload: Payload): Promise<void> {
    const { id } = payload;
    await this.#queue.add("trial", payload, {
      // A job that is in the queue is not added a second time.
      jobId: id,
      attempts: ATTEMPTS,
      backoff: { type: "exponential", delay: BACK_OFF },
      removeOnComplete: true,
    });
  }

  readonly #toCollect = new Set<string>();

  /** Asks for the results of jobs that are begun in one turn of the event loop with one command. */
  #collectSoon(id: string): void {
    if (this.#toCollect.size === 0) {
      setImmediate(() => {
        const ids = [...this.#toCollect];
        this.#toCollect.clear();
        void this.#collect(ids).catch(() => {});
      });
    }
    this.#toCollect.add(id);
  }

  /** Takes the results of jobs that have one. */
  async #collect(ids: readonly string[]): Promise<void> {
    for (const [id, result] of await this.#store.results(ids)) this.#settle(id, { kind: "result", result });
  }

  #settle(id: string, outcome: Outcome): void {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    pending?.resolve(outcome);
  }

  /** Waits for announcements. */
  async #listen(): Promise<void> {
    let last = "0";
    while (!this.#closed) {
      try {
        const answer = await this.#reader.xread("COUNT", 500, "BLOCK", BLOCK, "STREAMS", this.#stream, last);
        const entries = answer?.[0]?.[1] ?? [];
        const ids = entries.map(([, fields]) => fields[1] ?? "").filter((id) => this.#pending.has(id));
        last = entries.at(-1)?.[0] ?? last;
        await this.#collect(ids);
      } catch {
        // The connection is lost, and comes back. A server that was restarted may count from the beginning.
        if (this.#closed) return;
        last = "0";
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
  }

  #lookAgain(): void {
    this.#reconcile()
      .catch(() => {})
      .finally(() => {
        if (!this.#closed) this.#timer = setTimeout(() => this.#lookAgain(), LOOK_EVERY);
      });
  }

  async #reconcile(): Promise<void> {
    await this.#collect([...this.#pending.keys()]);
    const all = [...this.#pending.values()];
    for (let i = 0; i < all.length; i += PART) {
      await Promise.all(all.slice(i, i + PART).map(({ payload }) => this.#lookAt(payload)));
    }
  }

  async #lookAt(payload: Payload): Promise<void> {
    const { id } = payload;
    const state = await this.#queue.getJobState(id);
    if (!this.#pending.has(id)) return;
    if (state === "unknown") await this.#add(payload);
    if (state === "completed") await this.#again(payload);
    if (state === "failed") await this.#fail(id);
  }

  /** A job that has ended without a result, because its worker was refused as too late, is added again. */
  async #again(payload: Payload): Promise<void> {
    await (await this.#queue.getJob(payload.id))?.remove();
    await this.#collect([payload.id]);
    if (this.#pending.has(payload.id)) await this.#add(payload);
  }

  async #fail(id: string): Promise<void> {
    const job = await this.#queue.getJob(id);
    await this.#collect([id]);
    if (!this.#pending.has(id)) return;
    // Without this, a later run could not add the job.
    await job?.remove();
    const message = messageOf(job?.failedReason ?? "for an unknown reason");
    this.#settle(id, { kind: "failed", message, isHopeless: true });
  }

  stop(): void {
    this.#stopped = true;
    if (this.#pending.size > 0) {
      this.#warn("the workers go on with the trials in the queue; resume collects their results");
    }
    for (const id of [...this.#pending.keys()]) this.#settle(id, { kind: "stopped" });
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#client.del(this.#stream).catch(() => {});
    await this.#queue.close();
    this.#reader.disconnect();
    this.#client.disconnect();
  }
}
