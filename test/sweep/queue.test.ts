import { createRequire } from "node:module";
import { join } from "node:path";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { uploadData } from "../../packages/sweep/src/queue/data-transfer.js";
import { QUEUE, readPayload, streamOf } from "../../packages/sweep/src/queue/payload.js";
import { connect } from "../../packages/sweep/src/queue/redis.js";
import { PREFIX, QueueStore } from "../../packages/sweep/src/queue/store.js";
import { NUMGRAD } from "../../packages/sweep/src/run/plan.js";
import { identityOf } from "../../packages/sweep/src/sweep/trials.js";
import { shareData } from "../../packages/sweep/src/trial/data.js";
import type { TrialResult } from "../../packages/sweep/src/trial/job.js";
import { ROOT } from "../support/main-job.js";
import { hasRedis, TestRedis } from "../support/redis.js";
import { comparable, resultLines, runSweep, type Started, startSweep, sweepFolder, until } from "../support/sweep.js";

/** The part of BullMQ's Queue that a stranger uses here. */
interface Queue {
  add(name: string, data: unknown): Promise<unknown>;
  getFailedCount(): Promise<number>;
  close(): Promise<void>;
}

const { Queue } = createRequire(join(ROOT, "packages/sweep/package.json"))("bullmq") as {
  Queue: new (name: string, options: object) => Queue;
};

const options = { learningRate: 0.1, hidden: 5, batchSize: 20, weightInitStd: 0.01, gradient: "backprop", sampling: "shuffle", seed: 0 } as const; // biome-ignore format: one line
const data = "0".repeat(64);
const length = { epochs: 1 };
const id = identityOf(options, length, data, NUMGRAD);
const stream = streamOf("01234567-89ab-cdef-0123-456789abcdef");
const payload = { id, trial: 0, rung: 0, options, length, keep: false, data, stream };

const result: TrialResult = {
  ...{ id, trial: 0, rung: 0, options, length, status: "finished", steps: 15, trainAccuracy: 0.5, testAccuracy: 0.5 },
  ...{ loss: 2, seconds: 1, started: 1, ended: 2, worker: "a machine:1" },
};

/** Starts a worker, which is killed when the test ends. */
function startWorker(redis: TestRedis, ...args: string[]): Started {
  const worker = startSweep(ROOT, ["worker", "--concurrency", "1", ...args], { NUMGRAD_SWEEP_REDIS: redis.url });
  onTestFinished(() => {
    worker.child.kill("SIGKILL");
  });
  return worker;
}

const small = {
  options: { learningRate: [0.1, 1], gradient: ["numerical", "backprop"], hidden: 5, batchSize: 20 },
  seeds: [0, 1],
  epochs: 3,
};

test("the data of an upload that was interrupted are forgotten in time", async () => {
  const expire = vi.fn();
  const hset = vi.fn(async (_: string, field: string) => {
    if (field === "1") throw new Error("the connection is lost");
  });
  const client = { hexists: async () => 0, hset, expire } as unknown as Parameters<typeof uploadData>[0];
  const labels = new Uint8Array(2 ** 10);
  const images = { images: new Uint8Array(2 ** 21), labels, rows: 32, cols: 64 };
  await expect(uploadData(client, shareData(images, images))).rejects.toThrow("the connection is lost");
  expect(expire).toHaveBeenCalledExactlyOnceWith(hset.mock.calls[0]?.[0], 30 * 24 * 3600);
});

describe("the data of a job in the queue", () => {
  test.each<[change: object, reason: string]>([
    [{}, "the job"],
    [{ id: "0".repeat(40) }, "id is not the hash of its options"],
    [{ options: { ...options, hidden: 6 } }, "id is not the hash of its options"],
    [{ options: { ...options, hidden: -1 } }, "options.hidden: expected a number of at least 1, got -1"],
    [{ options: { ...options, code: "process.exit()" } }, "options.code: unknown"],
    [{ stream: "somebody-elses-key" }, "stream: expected a text of the form"],
    [{ data: "../../etc/passwd" }, "data: expected a text of the form"],
  ])("is refused after the change %j", (change, reason) => {
    const value = readPayload({ ...payload, ...change });
    if (Object.keys(change).length === 0) expect(value).toEqual(payload);
    else expect(value).toContain(reason);
  });

  test.each([null, 1, "text", [], {}])("is refused if it is %j", (value) => {
    expect(readPayload(value)).toContain("the job is refused");
  });
});

describe.skipIf(!hasRedis)("a sweep through the queue", () => {
  test("takes each result once, and refuses a worker that comes too late", async () => {
    const redis = await TestRedis.start();
    const client = await connect({ url: redis.url, ca: undefined, cert: undefined, key: undefined }, () => {});
    onTestFinished(() => client.disconnect());
    const store = new QueueStore(client, () => {});
    const [first, second] = [await store.claim(id), await store.claim(id)] as [string, string];
    expect(first).not.toBe(second);
    expect(await store.write(result, first, stream)).toBe("late");
    expect((await store.results([id])).size).toBe(0);
    expect(await store.write(result, second, stream)).toBe("written");
    expect(await store.write({ ...result, testAccuracy: 1 }, second, stream)).toBe("known");
    expect((await store.results([id])).get(id)).toEqual(result);
    expect(await store.claim(id)).toBeUndefined();
    expect(redis.command("XLEN", stream)).toBe("1");
  });

  test("has the same results as on this machine; a second run asks nobody", async () => {
    const redis = await TestRedis.start();
    const folder = sweepFolder(small);
    await runSweep(folder, "run", "sweep.json", "--out", "local");
    const worker = startWorker(redis);
    const run = await startSweep(folder, ["run", "sweep.json", "--out", "queue"], { NUMGRAD_SWEEP_REDIS: redis.url })
      .ended;
    expect(run).toMatchObject({ code: 0, stderr: "" });
    expect(comparable(join(folder, "queue"))).toEqual(comparable(join(folder, "local")));

    worker.child.kill("SIGTERM");
    expect((await worker.ended).code).toBe(143);
    // Neither the results nor the output repeats the password.
    expect(worker.printed() + run.stdout + JSON.stringify(resultLines(join(folder, "queue")))).not.toContain(
      "a-password",
    );
    // The results are on the server, so no worker is needed.
    const again = await startSweep(folder, ["run", "sweep.json", "--out", "other", "--redis", redis.url], {}).ended;
    expect(again.code).toBe(0);
    expect(comparable(join(folder, "other"))).toEqual(comparable(join(folder, "local")));
  });

  test("halves as on this machine, with checkpoints on the server", async () => {
    const redis = await TestRedis.start();
    const rates = { learningRate: [0.01, 0.1, 1, 3], hidden: 5, batchSize: 20, gradient: "backprop" };
    const folder = sweepFolder({ options: rates, seeds: [0, 1], epochs: 4, halving: { minEpochs: 1, eta: 2 } });
    await runSweep(folder, "run", "sweep.json", "--out", "local");
    for (let i = 0; i < 2; i++) startWorker(redis);
    await startSweep(folder, ["run", "sweep.json", "--out", "queue"], { NUMGRAD_SWEEP_REDIS: redis.url }).ended;
    expect(comparable(join(folder, "queue"))).toEqual(comparable(join(folder, "local")));
    expect(resultLines(join(folder, "queue")).length).toBeGreaterThan(8);
  });

  test("gives the trials of a worker that is stopped by SIGTERM back, with their checkpoints", async () => {
    const redis = await TestRedis.start();
    const long = { learningRate: 0.1, hidden: 5, batchSize: 20, gradient: "backprop" };
    const folder = sweepFolder({ options: long, seeds: [0], epochs: 1500 });
    const worker = startWorker(redis);
    const run = startSweep(folder, ["run", "sweep.json", "--out", "queue"], { NUMGRAD_SWEEP_REDIS: redis.url });
    await until(() => redis.command("KEYS", `${PREFIX}:fence:*`) !== "");
    await new Promise((resolve) => setTimeout(resolve, 500));
    worker.child.kill("SIGTERM");
    expect((await worker.ended).code).toBe(143);
    expect(redis.command("KEYS", `${PREFIX}:checkpoint:*:part`)).not.toBe("");
    startWorker(redis);
    expect((await run.ended).code).toBe(0);
    await runSweep(folder, "run", "sweep.json", "--out", "local");
    expect(comparable(join(folder, "queue"))).toEqual(comparable(join(folder, "local")));
    expect(redis.command("KEYS", `${PREFIX}:checkpoint:*:part`)).toBe("");
  });

  test("tries a trial once whose options numgrad refuses", async () => {
    const redis = await TestRedis.start();
    const folder = sweepFolder({ options: { hidden: 5, weightInitStd: [0.01, 1e308] }, steps: 1 });
    const worker = startWorker(redis);
    const env = { NUMGRAD_SWEEP_REDIS: redis.url };
    const { code, stderr } = await startSweep(folder, ["run", "sweep.json"], env).ended;
    const message = "40 × options.weightInitStd: expected a finite number, got Infinity";
    expect([code, stderr.split(message).length, worker.printed().split(message).length]).toEqual([1, 2, 2]);
    expect(resultLines(join(folder, "sweep-results")).map(({ trial }) => trial)).toEqual([0]);
  });

  test("survives jobs, results and data of strangers", async () => {
    const redis = await TestRedis.start();
    const connection = { host: "127.0.0.1", port: redis.port, password: "a-password" };
    const queue = new Queue(QUEUE, { connection, prefix: PREFIX });
    onTestFinished(() => queue.close());
    for (const value of [null, 7, { id: 1 }, { ...payload, options: { ...options, hidden: 1e9 } }, payload]) {
      await queue.add("trial", value);
    }
    const folder = sweepFolder({ ...small, seeds: [0] });
    await runSweep(folder, "run", "sweep.json", "--out", "local");
    const [line] = resultLines(join(folder, "local"));
    redis.command("SET", `${PREFIX}:result:${line!.id}`, '{"testAccuracy": 2}');
    const worker = startWorker(redis);
    const run = await startSweep(folder, ["run", "sweep.json", "--out", "queue"], { NUMGRAD_SWEEP_REDIS: redis.url })
      .ended;
    expect(run.code).toBe(0);
    expect(run.stderr).toContain(`the server holds something else than a result of trial ${line!.id}`);
    expect(comparable(join(folder, "queue"))).toEqual(comparable(join(folder, "local")));
    await until(async () => (await queue.getFailedCount()) >= 4);
    expect(worker.printed()).toContain("the job is refused: the file: expected an object, got null");
    expect(worker.printed()).toContain("options.hidden: expected a number of at most 1048576");
  });

  test.each([
    [(port: number) => `redis://:wrong-word@127.0.0.1:${port}`, "the server refuses this user and password"],
    [(port: number) => `redis://127.0.0.1:${port}`, "the server asks for a password"],
    [() => "redis://:wrong-word@127.0.0.1:1", "ECONNREFUSED"],
    [(port: number) => `rediss://:wrong-word@127.0.0.1:${port}`, "--redis: rediss://127.0.0.1"],
  ])("says why it cannot reach the server, without the password (%#)", async (address, message) => {
    const redis = await TestRedis.start();
    const { code, stdout, stderr } = await runSweep(ROOT, "worker", "--redis", address(redis.port));
    expect(stderr).toContain(message);
    expect(stderr).toMatch(/^--redis: [^\n]*\n$/);
    expect(code).toBe(2);
    expect(stdout + stderr).not.toContain("wrong-word");
  });
});
