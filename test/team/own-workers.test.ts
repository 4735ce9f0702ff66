// The option `worker` of train: workers that the caller makes, whose program is numgrad/worker.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { ArgumentError, matrix, NumgradError, RandomState, type TrainOptions, TwoLayerNet, train } from "numgrad";
import { afterAll, afterEach, describe, expect, test, vi } from "vitest";

const PROGRAM = new URL("../../packages/numgrad/dist/worker.js", import.meta.url);

const random = new RandomState(3);
const x = matrix(Array.from({ length: 60 }, () => random.randn(10)));
const t = Array.from({ length: 60 }, () => random.randint(0, 4));

/** The workers that the caller has made since the last test. */
const made: Worker[] = [];
const make = (program: string | URL, options?: { eval: true }) => () => {
  const worker = new Worker(program, options);
  made.push(worker);
  return worker;
};

const folder = mkdtempSync(join(tmpdir(), "numgrad-workers-"));
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => {
  expect(made.filter((worker) => worker.threadId !== -1)).toEqual([]);
  made.length = 0;
  vi.useRealTimers();
});

/** Trains for 12 steps. @returns The most threads at work, why there were not more, and the parameters. */
async function trainBy(options: TrainOptions) {
  const net = new TwoLayerNet({ inputSize: 10, hiddenSize: 24, outputSize: 4, random: 0 });
  const run = train(net, { train: { x, t } }, { steps: 12, batchSize: 20, random: 0, ...options });
  let most = 0;
  try {
    for await (const _ of run) most = Math.max(most, run.threads);
    return { most, missing: run.threadsMissing, params: net.params.toArrays() };
  } finally {
    expect(run.threads).toBe(1);
    net.dispose();
  }
}

test("the bits are those of one thread, whether the program is numgrad/worker or a module that imports it", async () => {
  const own = join(folder, "own.mjs");
  writeFileSync(
    own,
    `import { parentPort } from "node:worker_threads";
    import ${JSON.stringify(PROGRAM.href)};
    parentPort.postMessage("a message of the caller's own");
    parentPort.postMessage(null);`,
  );
  const { params } = await trainBy({});
  for (const program of [PROGRAM, new URL(PROGRAM.href.replace(/js$/, "cjs")), own]) {
    const { most, missing, ...team } = await trainBy({ threads: 3, worker: make(program) });
    expect([most, missing]).toEqual([3, undefined]);
    expect(team.params).toEqual(params);
    expect(made.splice(0)).toHaveLength(2);
  }
});

test("the function is not called for one thread", async () => {
  const worker = vi.fn(make(PROGRAM));
  expect(await trainBy({ worker })).toMatchObject({ most: 1, missing: undefined });
  expect(await trainBy({ worker, threads: "auto", batchSize: 1 })).toMatchObject({ most: 1, missing: undefined });
  expect(worker).not.toHaveBeenCalled();
});

test("a function is needed, and is asked for before anything happens", () => {
  const net = new TwoLayerNet({ inputSize: 10, hiddenSize: 24, outputSize: 4, random: 0 });
  const worker = PROGRAM as unknown as () => Worker;
  expect(() => train(net, { train: { x, t } }, { threads: 2, worker })).toThrow(
    "options.worker: expected a function, got a URL",
  );
  net.dispose();
});

describe("a function that gives no worker of this version is an error, and no thread is left", () => {
  /** Makes a right worker first, and then calls `second`. */
  const rightThen = (second: () => unknown) => {
    const first = make(PROGRAM);
    let calls = 0;
    return (() => (calls++ === 0 ? first() : second())) as () => Worker;
  };

  test("it throws", async () => {
    const cause = new SyntaxError("no such file");
    const worker = rightThen(() => {
      throw cause;
    });
    const error = await trainBy({ threads: 3, worker }).catch((error) => error);
    expect(error).toBeInstanceOf(NumgradError);
    expect(error.message).toBe("options.worker has thrown an error: no such file");
    expect(error.cause).toBe(cause);
  });

  test.each([
    ["undefined", undefined],
    ["a Promise", Promise.resolve()],
    ["an object", { postMessage() {}, terminate() {} }],
    ["a URL", PROGRAM],
  ])("it returns %s", async (received, value) => {
    const error = await trainBy({ threads: 3, worker: rightThen(() => value) }).catch((error) => error);
    expect(error).toBeInstanceOf(ArgumentError);
    expect(error).toMatchObject({ argument: "options.worker", expected: "a function that returns a Worker", received });
  });

  test("the program is of another version", async () => {
    const program = `
      const { parentPort } = require("node:worker_threads");
      parentPort.on("message", () => parentPort.postMessage({ numgrad: "0.0.9" }));`;
    const error = await trainBy({ threads: 2, worker: make(program, { eval: true }) }).catch((error) => error);
    expect(error).toBeInstanceOf(ArgumentError);
    expect(error.message).toMatch(
      /^options\.worker: expected a function that makes workers of numgrad 0\.1\.0, got one of 0\.0\.9$/,
    );
  });
});

test("the program tells a numgrad of another version which one it is, and does nothing else", async () => {
  const worker = make(PROGRAM)();
  const answers: unknown[] = [];
  const answer = new Promise((resolve) => worker.on("message", (said) => resolve(answers.push(said))));
  worker.postMessage("not for numgrad");
  worker.postMessage({ numgrad: "0.0.9" });
  await answer;
  expect(answers).toEqual([{ numgrad: "0.1.0" }]);
  await worker.terminate();
});

describe("one thread makes the steps, and the run says why", () => {
  test("if a worker never answers", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const silent = make(`require("node:worker_threads").parentPort.on("message", () => {});`, { eval: true });
    const worker = () => {
      setImmediate(() => vi.advanceTimersByTime(9_999));
      setTimeout(() => setImmediate(() => vi.advanceTimersByTime(1)), 9_999);
      return silent();
    };
    const { most, missing } = await trainBy({ threads: 2, worker });
    expect([most, missing]).toEqual([1, "a thread could not start: a worker has not answered for 10 seconds"]);
  });

  test.each([
    ["there is no such program", new URL("nothing.js", PROGRAM), /^a thread could not start: Cannot find module /],
    ["the program fails", `data:text/javascript,throw new Error("mine")`, /^a thread could not start: mine$/],
    ["the program ends", "data:text/javascript,", /^a thread could not start: the thread has ended$/],
  ])("if %s", async (_, program, reason) => {
    const worker = make(typeof program === "string" ? new URL(program) : program);
    const { most, missing } = await trainBy({ threads: 3, worker });
    expect(most).toBe(1);
    expect(missing).toMatch(reason);
  });
});
