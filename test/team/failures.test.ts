// What happens if a thread fails, and if a run is forgotten.
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";
import { Worker } from "node:worker_threads";
import { CoreError, matrix, RandomState, sigmoid, TwoLayerNet, train } from "numgrad";
import { afterEach, expect, test, vi } from "vitest";
import { core } from "../../packages/numgrad/src/wasm/runtime.js";

const random = new RandomState(3);
const x = matrix(Array.from({ length: 60 }, () => random.randn(10)));
const t = Array.from({ length: 60 }, () => random.randint(0, 4));
const newNet = () => new TwoLayerNet({ inputSize: 10, hiddenSize: 24, outputSize: 4, random: 0 });

/** The workers that were started since the last test. */
const workers: Worker[] = [];

// A worker is known to this test because it starts to listen.
const on = Worker.prototype.on;
vi.spyOn(Worker.prototype, "on").mockImplementation(function (this: Worker, ...args: Parameters<Worker["on"]>) {
  if (!workers.includes(this)) workers.push(this);
  return on.apply(this, args);
} as Worker["on"]);

afterEach(() => {
  workers.length = 0;
});

test("a thread that is killed ends the run with a typed error, and no thread is left", async () => {
  const net = newNet();
  const run = train(
    net,
    { train: { x, t } },
    { steps: 1e6, batchSize: 20, random: 0, threads: 3, evaluateEvery: false },
  );
  let made = 0;
  await expect(
    (async () => {
      for await (const { step } of run) {
        made = step;
        if (step === 5) await workers[1]!.terminate();
      }
    })(),
  ).rejects.toThrow(CoreError);
  expect(made).toBe(5);
  expect(run.threads).toBe(1);
  expect(run.history.status).toBe("aborted");
  // What the killed thread had computed is lost, and nobody shall take the rest for a network.
  expect(() => net.loss(x, t)).toThrow(CoreError);
  expect(workers.map((worker) => worker.threadId)).toEqual([-1, -1]);
  net.dispose();
});

test("the reason of a thread that fails in a step is in the error, although no message arrives in the middle of a step", async () => {
  const program = readFileSync(new URL("../../packages/numgrad/dist/worker.js", import.meta.url), "utf8");
  const failing = `
    let calls = 0;
    const { set } = Float64Array.prototype;
    Float64Array.prototype.set = function (...values) {
      if (++calls > 50) throw new RangeError("this is why");
      return set.apply(this, values);
    };`;
  for (const threads of [2, 3, 3, 3]) {
    const net = newNet();
    let made = 0;
    // The first of the workers fails. The others find that the team has failed, which is no reason.
    const worker = () => new Worker((made++ === 0 ? failing : "") + program, { eval: true });
    const options = { steps: 1000, batchSize: 20, random: 0, threads, worker, evaluateEvery: false } as const;
    const run = train(net, { train: { x, t } }, options);
    await expect(run.finish()).rejects.toThrow(
      new CoreError("a thread of the training run has failed: RangeError: this is why"),
    );
    net.dispose();
  }
});

test("a run goes on with the same bits after a call of something else has trapped in the core of the first thread", async () => {
  const ends = [];
  for (const threads of [1, 3]) {
    const net = newNet();
    const options = { steps: 20, batchSize: 20, random: 0, threads, recordLoss: "before" } as const;
    for await (const { step } of train(net, { train: { x, t }, test: { x, t } }, options)) {
      if (step !== 4 && step !== 9) continue;
      const trap = vi.spyOn(core().glue.RawFunctions.prototype, "sigmoid").mockImplementation(() => {
        throw new WebAssembly.RuntimeError("unreachable");
      });
      expect(() => sigmoid(1)).toThrow(CoreError);
      trap.mockRestore();
    }
    ends.push(net.params.toArrays());
    net.dispose();
  }
  expect(ends[1]).toEqual(ends[0]);
});

test("a process with a run that is forgotten ends", async () => {
  const program = `
    import { TwoLayerNet, train } from ${JSON.stringify(new URL("../../packages/numgrad/dist/index.js", import.meta.url).href)};
    const net = new TwoLayerNet({ inputSize: 2, hiddenSize: 30, outputSize: 2, random: 0 });
    const data = { shape: [2, 2], data: Float64Array.of(1, 2, 3, 4) };
    const run = train(net, { train: { x: data, t: [0, 1] } }, { steps: 1000, batchSize: 2, threads: 3 });
    await run[Symbol.asyncIterator]().next();
    console.log(run.threads);
  `;
  const run = promisify(execFile);
  const { stdout } = await run(process.execPath, ["--input-type=module", "-e", program], { timeout: 60_000 });
  expect(stdout).toBe("3\n");
});

test("a process that waits for the end of a run does not end before it", async () => {
  const program = `
    import { TwoLayerNet, train } from ${JSON.stringify(new URL("../../packages/numgrad/dist/index.js", import.meta.url).href)};
    const data = { shape: [2, 2], data: Float64Array.of(1, 2, 3, 4) };
    for (let i = 0; i < 5; i++) {
      const net = new TwoLayerNet({ inputSize: 2, hiddenSize: 30, outputSize: 2, random: 0 });
      for await (const _ of train(net, { train: { x: data, t: [0, 1] } }, { steps: 1000, batchSize: 2, threads: 3 })) break;
    }
    console.log("ended");
  `;
  const run = promisify(execFile);
  // Node ends with code 13, and nothing is printed, if nothing is left that an await could wait for.
  const { stdout } = await run(process.execPath, ["--input-type=module", "-e", program], { timeout: 60_000 });
  expect(stdout).toBe("ended\n");
});
