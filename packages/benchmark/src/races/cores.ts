import { once } from "node:events";
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { type Dataset, matrix, RandomState, type Samples, SGD, TwoLayerNet, train } from "numgrad";
import { type Contender, type RaceResult, runRace } from "../harness.js";
import { ALONE, CEILING, PAIR } from "./cores-model.js";
import { BATCH, BOOK, type Group, LEARNING_RATE, type Setting } from "./setting.js";
import { coreRun, type RunOptions } from "./stepping.js";

const HIDDEN = [50, 100, 400, 1000];

/** Batches of the book's network on both sides of the size from which on `"auto"` takes more threads. */
const BATCHES = [10, 50, 200, 500];

/** Images to draw from. */
const IMAGES = 10_000;

/** Steps before the parameters are compared. This happens before anything is timed. */
const COMPARED_STEPS = 3;

/** Steps of the whole job, as in the race of the whole run. */
const JOB = { steps: 10_000, evaluateEvery: 600 } as const;

/** The name of the race of a step that has almost nothing to compute. */
export const BARRIER = "a step of 1 image, 1 input and 16 hidden units: command and barriers";

const GRADIENTS = ["numerical", "backprop"] as const;

type Gradient = (typeof GRADIENTS)[number];

/** Numbers of threads that race. */
const THREADS = [...new Set([1, 2, availableParallelism()])].filter((count, i) => i < 2 || count > 2);

export const cores: Group = {
  title: "All cores",
  about:
    "Time of one training step, as above, by `train` with the option `threads`: 1, 2, and as many as there are cores. Batches are drawn from " +
    "10,000 images. Two trainings at once, in two threads that have nothing to do with each other, show what two cores of this machine give at best; " +
    'they take turns with the others in every round. Remarks say how many threads `"auto"` takes. The step with almost nothing to compute shows the cost of a ' +
    "team's command and barriers. The whole job has 10,000 steps and 17 evaluations of 70,000 images. The parameters of all threads are " +
    "the same to the last bit.",
  async run(setting) {
    const data = setting.train.subset(0, IMAGES);
    const results: RaceResult[] = [];
    for (const gradient of GRADIENTS) {
      for (const hidden of setting.quick ? HIDDEN.slice(0, 2) : HIDDEN) {
        results.push(await raceSteps(setting, data, { gradient, hidden, batch: BATCH }));
      }
      for (const batch of setting.quick ? [] : BATCHES) {
        results.push(await raceSteps(setting, data, { gradient, hidden: BOOK.hiddenSize, batch }));
      }
    }
    results.push(await raceBarrier(setting));
    for (const gradient of setting.quick ? [] : GRADIENTS) results.push(await raceJob(setting, gradient));
    return results;
  },
};

const nameOf = (threads: number) => (threads === 1 ? ALONE : threads === 2 ? PAIR : `${threads} threads`);

interface Sizes {
  readonly gradient: Gradient;
  readonly hidden: number;
  readonly batch: number;
}

async function raceSteps(setting: Setting, data: Dataset, { gradient, hidden, batch }: Sizes): Promise<RaceResult> {
  const options = { ...BOOK, hiddenSize: hidden, batchSize: batch, gradient, recordLoss: false } as const;
  const auto = await threadsOfAuto(data, options);
  const runs = THREADS.map((threads) => ({ threads, ...coreRun(data, { ...options, threads }) }));
  for (const run of runs) await run.advance(COMPARED_STEPS);
  const [alone, ...teams] = runs;
  const name = `${gradient}, ${hidden} hidden units, ${batch} images`;
  for (const team of teams) {
    const what = `parameters after ${COMPARED_STEPS} steps, ${name}, ${team.threads} threads`;
    setting.compare(what, team.parameters(), alone!.parameters(), 0);
  }
  // A sample takes long compared with the time of a message between threads.
  const steps = Math.max(4, Math.round(200_000 / (hidden * batch)));
  const rival = new Rival(data, options);
  const contenders: Contender[] = runs.map(({ threads, advance }) => ({
    name: nameOf(threads),
    run: () => advance(steps),
    units: steps,
    ...(threads === auto ? { note: '"auto" takes it' } : {}),
  }));
  const both = () => Promise.all([rival.advance(steps), alone!.advance(steps)]);
  contenders.push({ name: CEILING, run: both, units: 2 * steps });
  const result = await runRace({ name, at: { hidden, batch }, contenders }, setting.effort);
  for (const run of runs) await run.end();
  await rival.end();
  return result;
}

/** How many threads `"auto"` takes. */
async function threadsOfAuto(data: Dataset, options: RunOptions): Promise<number> {
  const { gradient, batchSize, inputSize, hiddenSize, outputSize } = options;
  const net = new TwoLayerNet({ inputSize, hiddenSize, outputSize, random: 0 });
  const settings = { gradient, batchSize, steps: 2, evaluateEvery: false, random: 0, threads: "auto" } as const;
  const run = train(net, { train: data }, settings);
  let most = 1;
  for await (const _ of run) most = Math.max(most, run.threads);
  net.dispose();
  return most;
}

/** A training in another thread. */
class Rival {
  readonly #worker: Worker;

  constructor(data: Dataset, { inputSize, hiddenSize, outputSize, gradient, batchSize, recordLoss }: RunOptions) {
    const { images, labels, rows, cols } = data;
    this.#worker = new Worker(new URL("rival.mjs", import.meta.url), {
      workerData: {
        dataset: { images, labels, rows, cols },
        sizes: { inputSize, hiddenSize, outputSize },
        options: { gradient, batchSize, recordLoss, evaluateEvery: false },
        learningRate: LEARNING_RATE,
      },
    });
  }

  async advance(steps: number): Promise<void> {
    const answer = once(this.#worker, "message");
    this.#worker.postMessage(steps);
    await answer;
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }
}

function raceBarrier(setting: Setting): Promise<RaceResult> {
  const data: Samples = { x: matrix([[1], [2]]), t: [0, 1] };
  const sizes = { inputSize: 1, hiddenSize: 16, outputSize: 2, batchSize: 1, gradient: "backprop" } as const;
  const runs = [1, 2].map((threads) => ({ threads, ...coreRun(data, { ...sizes, recordLoss: false, threads }) }));
  const steps = 200;
  const contenders = runs.map(({ threads, advance }) => ({
    name: nameOf(threads),
    run: () => advance(steps),
    units: steps,
  }));
  return runRace({ name: BARRIER, contenders }, setting.effort).finally(async () => {
    for (const run of runs) await run.end();
  });
}

function raceJob({ train: training, test }: Setting, gradient: Gradient): Promise<RaceResult> {
  const job = (threads: number) => async () => {
    const random = new RandomState(0);
    const net = new TwoLayerNet({ ...BOOK, random });
    const optimizer = new SGD({ learningRate: LEARNING_RATE });
    const options = { ...JOB, optimizer, gradient, batchSize: BATCH, random, recordLoss: "before", threads } as const;
    await train(net, { train: training, test }, options).finish();
    net.dispose();
  };
  const contenders = THREADS.map((threads) => ({ name: nameOf(threads), run: job(threads), cold: true }));
  return runRace({ name: `the whole job, ${gradient}`, contenders }, { rounds: 3, time: 0, warmUp: 0 });
}
