import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { RandomState } from "../../packages/numgrad/src/random/random-state.js";
import { QUEUE } from "../../packages/sweep/src/queue/payload.js";
import { ROOT } from "../support/main-job.js";
import { hasRedis, TestRedis } from "../support/redis.js";
import { comparable, resultLines, runSweep, type Started, startSweep, sweepFolder, until } from "../support/sweep.js";

/** Number of runs in which workers die; `npm run test:long` makes 20. */
const RUNS = Number(process.env.NUMGRAD_SWEEP_RUNS ?? 1);

/** Short trials that go through the queue; `npm run test:long` makes 2,000. */
const TRIALS = Number(process.env.NUMGRAD_SWEEP_TRIALS ?? 300);

/** Seconds after which the trial of a lost worker goes to another one. */
const LOCK = 2;

function startWorker(redis: TestRedis): Started {
  const args = ["worker", "--concurrency", "1", "--lock", String(LOCK)];
  const worker = startSweep(ROOT, args, { NUMGRAD_SWEEP_REDIS: redis.url });
  onTestFinished(() => {
    worker.child.kill("SIGKILL");
  });
  return worker;
}

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Milliseconds within which a sweep ends after the last disturbance, on a slow machine. */
const PATIENCE = 180_000;

/** Waits for the end of a run. One that does not end fails with what is known about it. */
async function endOf(run: Started, name: string, report: () => string) {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${name} has not ended:\n${report()}`)), PATIENCE);
  });
  return Promise.race([run.ended, late]).finally(() => clearTimeout(timer));
}

/** What the programs have printed, and the jobs on the server. */
function report(redis: TestRedis, workers: readonly Started[], run: Started): string {
  const printed = [...workers, run].map(({ child, printed }) => `${child.pid} (${child.signalCode}): ${printed()}`);
  const states = ["wait", "active", "delayed", "failed", "stalled"].map((state) => {
    const key = `{numgrad-sweep}:${QUEUE}:${state}`;
    const list = redis.command("LRANGE", key, "0", "-1") + redis.command("ZRANGE", key, "0", "-1");
    return `${state}: ${list.replaceAll("\n", " ")}`;
  });
  return [...printed, ...states, redis.command("CLIENT", "LIST")].join("\n");
}

/** Every trial has one line, with the numbers of a run on this machine. */
function expectAllOnce(folder: string, expected: readonly string[]): void {
  const ids = resultLines(folder).map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(comparable(folder)).toEqual(expected);
}

describe.skipIf(!hasRedis)("a sweep through the queue", () => {
  test(
    "loses nothing and counts nothing twice when workers die, sleep past their locks, and Redis restarts",
    async () => {
      const options = {
        learningRate: [0.03, 0.1, 0.3, 1],
        hidden: 5,
        batchSize: 20,
        gradient: ["numerical", "backprop"],
      };
      const folder = sweepFolder({ options, seeds: [0, 1, 2], epochs: 60 });
      await runSweep(folder, "run", "sweep.json", "--out", "local");
      const expected = comparable(join(folder, "local"));
      expect(expected.length).toBe(24);

      for (let i = 0; i < RUNS; i++) {
        const random = new RandomState(i);
        const redis = await TestRedis.start();
        const workers = Array.from({ length: 4 }, () => startWorker(redis));
        const out = `queue-${i}`;
        const run = startSweep(folder, ["run", "sweep.json", "--out", out], {
          NUMGRAD_SWEEP_REDIS: redis.url,
        });
        const doneCount = () => resultLines(join(folder, out)).length;
        await until(() => doneCount() >= 1, 60_000);
        const [sleeper, victim, second] = workers as [Started, Started, Started];
        sleeper.child.kill("SIGSTOP");
        await pause(1000 * random.random());
        victim.child.kill("SIGKILL");
        await pause(500 * random.random());
        await redis.stop();
        await pause(200 * random.random());
        await redis.launch();
        await pause(1000 * random.random());
        second.child.kill("SIGKILL");
        await pause(1000 * (LOCK + 1.5));
        sleeper.child.kill("SIGCONT");
        const { code, stderr } = await endOf(run, `run ${i}`, () => report(redis, workers, run));
        expect(code, stderr).toBe(0);
        // The worker that has slept may still write: that must not count.
        await pause(300);
        expectAllOnce(join(folder, out), expected);
        for (const { child } of workers) child.kill("SIGKILL");
        await redis.stop();
      }
    },
    60_000 + (PATIENCE + 60_000) * RUNS,
  );

  test("takes many short trials, each once, with a coordinator whose memory does not grow", async () => {
    const options = { learningRate: 0.1, hidden: 2, batchSize: 1, gradient: "backprop" };
    const folder = sweepFolder({ options, seeds: Array.from({ length: TRIALS }, (_, i) => i), steps: 1 });
    const redis = await TestRedis.start();
    for (let i = 0; i < 2; i++) startWorker(redis);
    const run = startSweep(folder, ["run", "sweep.json", "--out", "queue"], { NUMGRAD_SWEEP_REDIS: redis.url });
    const megabytes = () => {
      const [, kilobytes = "0"] = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${run.child.pid}/status`, "utf8")) ?? [];
      return Number(kilobytes) / 1024;
    };
    const done = () => resultLines(join(folder, "queue")).length;
    await until(() => done() >= TRIALS / 4, 120_000);
    const early = megabytes();
    await until(() => done() >= 0.9 * TRIALS || run.child.exitCode !== null, 300_000);
    const late = run.child.exitCode === null ? megabytes() : early;
    expect((await run.ended).code).toBe(0);
    const ids = resultLines(join(folder, "queue")).map(({ id }) => id);
    expect([ids.length, new Set(ids).size]).toEqual([TRIALS, TRIALS]);
    // A result has 1 KB. The rest is what V8 has not collected yet.
    expect(late - early).toBeLessThan(40);
  }, 600_000);
});
