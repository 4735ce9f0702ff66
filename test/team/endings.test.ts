// Runs of random options that end in every way leave nothing behind: no thread, no handle, no byte.
import { Worker } from "node:worker_threads";
import {
  matrix,
  memoryUsage,
  NumgradError,
  pixels,
  RandomState,
  type Samples,
  type TrainingRun,
  type TrainOptions,
  TwoLayerNet,
  train,
} from "numgrad";
import { expect, test, vi } from "vitest";

/** Number of runs; `npm run test:long` makes more. */
const RUNS = Number(process.env.NUMGRAD_TEAM_RUNS ?? 60);

const PROGRAM = new URL("../../packages/numgrad/dist/worker.js", import.meta.url);
const [INPUTS, CLASSES, SAMPLES] = [10, 4, 60];

/** Every worker, also of numgrad itself: it is known because numgrad listens to it. */
const workers = new Set<Worker>();
const on = Worker.prototype.on;
vi.spyOn(Worker.prototype, "on").mockImplementation(function (this: Worker, ...args: Parameters<Worker["on"]>) {
  workers.add(this);
  return on.apply(this, args);
} as Worker["on"]);

const random = new RandomState(3);
const pick = <T>(...choices: T[]): T => choices[random.randint(0, choices.length)]!;

const t = Array.from({ length: SAMPLES }, () => random.randint(0, CLASSES));
const bytes = Uint8Array.from({ length: SAMPLES * INPUTS }, () => random.randint(0, 256));
const numbers = matrix(Array.from({ length: SAMPLES }, () => random.randn(INPUTS)));
const soft = matrix(t.map((label) => Array.from({ length: CLASSES }, (_, k) => (k === label ? 0.7 : 0.1))));
const DATA: readonly Samples[] = [
  { x: numbers, t },
  { x: numbers, t: soft },
  { x: pixels([SAMPLES, INPUTS], bytes), t },
];

/** What a way gives if the loop over the run is to be left. */
const BREAK = Symbol("break");

/** The ways in which a run may end, besides its own end: what happens after a step. */
const WAYS: Readonly<Record<string, (parts: Running) => unknown>> = {
  "finishes": () => {},
  "is aborted": ({ abort }) => abort.abort(),
  "loses its network": ({ net }) => net.dispose(),
  "loses a thread": () => [...workers].at(-1)?.terminate(),
  "loses all threads": () => Promise.all([...workers].map((worker) => worker.terminate())),
  "diverges": ({ net }) => net.params.b2.fill(Number.MAX_VALUE),
  "meets a NaN": ({ net }) => net.params.w1.fill(Number.NaN),
  "is left by an error": () => {
    throw new Error("the user's own");
  },
}; // biome-ignore format: names of one form

interface Running {
  readonly net: TwoLayerNet;
  readonly abort: AbortController;
}

/** Random options, in some of which the optimizer fails in the step `last`. */
function randomOptions(last: number, signal: AbortSignal): TrainOptions {
  let updates = 0;
  const optimizer: NonNullable<TrainOptions["optimizer"]> = {
    update(params, grads) {
      if (updates++ === last) throw new Error("the user's own");
      for (let i = 0; i < params.b1.length; i++) params.b1[i]! -= grads.b1[i]!;
    },
  };
  const failing = () => {
    throw new Error("the user's own");
  };
  return {
    steps: 6,
    signal,
    random: random.randint(0, 1000),
    batchSize: random.randint(1, SAMPLES + 1),
    threads: random.randint(1, 6),
    gradient: pick("numerical", "backprop"),
    sampling: pick("replacement", "shuffle"),
    recordLoss: pick<"after" | "before" | false>("after", "before", false),
    evaluateEvery: pick<number | false>(false, 1, 2),
    ...pick<TrainOptions>({}, {}, {}, { optimizer }),
    ...pick<TrainOptions>(
      {},
      {},
      { worker: () => new Worker(PROGRAM) },
      random.randint(0, 4) ? {} : { worker: failing },
    ),
  };
}

/** Makes steps until the run ends, which after the step `last` happens in the way `end`. */
async function endSomehow(run: TrainingRun, last: number, end: () => unknown): Promise<void> {
  try {
    if (last < 0) await end();
    for await (const { step } of run) {
      if (step !== last) continue;
      if ((await end()) === BREAK) break;
    }
  } catch (error) {
    // Whatever ends a run is an error that numgrad has thrown on purpose, or the user's own.
    if (!(error instanceof NumgradError) && (error as Error).message !== "the user's own") throw error;
  }
}

/** What the process holds, by kinds. A worker has handles of several kinds. */
const resources = () => process.getActiveResourcesInfo().sort();

/**
 * What the process holds when no timer runs, or after five seconds. The test runner has timers of its own for a moment.
 * The wait needs none: it would be one more.
 */
async function settledResources(): Promise<string[]> {
  const end = performance.now() + 5000;
  do await new Promise((resolve) => setImmediate(resolve));
  while (resources().includes("Timeout") && performance.now() < end);
  return resources();
}

test(`${RUNS} runs that end in every way leave no thread, no handle and no byte`, {
  timeout: 30_000 + 500 * RUNS,
}, async () => {
  const first = new TwoLayerNet({ inputSize: INPUTS, hiddenSize: 24, outputSize: CLASSES, random: 0 });
  await train(first, { train: DATA[0]! }, { steps: 2, threads: 2 }).finish();
  first.dispose();
  const before = { live: memoryUsage().liveBytes, resources: await settledResources() };
  let started = 0;
  for (let i = 0; i < RUNS; i++) {
    workers.clear();
    const net = new TwoLayerNet({
      inputSize: INPUTS,
      hiddenSize: random.randint(1, 50),
      outputSize: CLASSES,
      random: i,
    });
    const abort = new AbortController();
    const [way, data, last] = [pick(...Object.keys(WAYS)), pick(...DATA), random.randint(-1, 5)];
    const run = train(net, { train: data, test: data }, randomOptions(last, abort.signal));
    await endSomehow(run, last, () => WAYS[way]!({ net, abort }));
    net.dispose();
    const what = `run ${i}, which ${way} after step ${last}`;
    expect(run.threads, what).toBe(1);
    expect(
      [...workers].filter((worker) => worker.threadId !== -1),
      what,
    ).toEqual([]);
    expect(memoryUsage().liveBytes, what).toBe(before.live);
    started += workers.size;
  }
  expect(started).toBeGreaterThan(RUNS);
  // Node closes the handles of a thread in the turn after its end.
  expect(await settledResources()).toEqual(before.resources);
  console.log(`${RUNS} runs started ${started} threads; ${before.live} bytes of the core were alive after each`);
});
