import { type Dataset, RandomState, SGD, TwoLayerNet, train } from "numgrad";
import { BookNet } from "../baseline/book-net.js";
import { IncrementalNet } from "../baseline/incremental-net.js";
import { denseSamples, type Samples, sparseSamples, train as trainBaseline } from "../baseline/training.js";
import type { TwoLayerNet as BaselineNet, InputRows } from "../baseline/two-layer-net.js";
import { type RaceResult, runRace } from "../harness.js";
import { BATCH, BOOK, CORE, type Group, LEARNING_RATE, SAME, type Setting, SKIPPING } from "./setting.js";

const STEPS = 10_000;

/** Steps from one evaluation to the next: one epoch. */
const EVERY = 600;

interface Job {
  readonly gradient: "numerical" | "backprop";
  readonly recordLoss: "before" | "after";
}

/** Losses of all steps, then the accuracies. */
type Outcome = readonly number[];

export const run: Group = {
  title: "The whole run",
  about:
    `Time of a whole training run, from the datasets to the last accuracy: ${STEPS.toLocaleString("en")} steps of ` +
    `${BATCH} images and 17 evaluations of 70,000 images, seed 0; numgrad compared with plain TypeScript. The book ` +
    'computes the loss after each update (`recordLoss: "after"`), which costs one more forward pass; the loss before ' +
    "the update costs nothing. numgrad runs three times, the others once.",
  async run(setting) {
    const results: RaceResult[] = [];
    for (const recordLoss of ["before", "after"] as const) {
      for (const gradient of ["numerical", "backprop"] as const)
        results.push(await raceJob(setting, { gradient, recordLoss }));
    }
    return results;
  },
};

async function raceJob(setting: Setting, job: Job): Promise<RaceResult> {
  const outcomes = new Map<string, Outcome>();
  const contender = (name: string, work: () => Outcome | Promise<Outcome>, rounds: number) => ({
    name,
    run: async () => outcomes.set(name, await work()),
    cold: true,
    rounds,
  });
  const contenders = [contender(CORE, () => coreJob(setting, job), 3), contender(SAME, () => sameJob(setting, job), 1)];
  if (job.gradient === "backprop") contenders.push(contender(SKIPPING, () => bookJob(setting, job), 1));
  const name = `${STEPS.toLocaleString("en")} steps, ${job.gradient}, loss ${job.recordLoss} the update`;
  const result = await runRace({ name, contenders }, { rounds: 3, time: 0, warmUp: 0 });
  for (const { name: other } of contenders.slice(1)) {
    // Training is not chaotic: NumPy's own runs with other BLAS kernels stay within 8.9e-16 (test/golden/README.md).
    setting.compare(`losses and accuracies, ${name}, ${other}`, outcomes.get(other)!, outcomes.get(CORE)!, 1e-12);
  }
  return result;
}

async function coreJob(data: Setting, { gradient, recordLoss }: Job): Promise<Outcome> {
  const random = new RandomState(0);
  const net = new TwoLayerNet({ ...BOOK, random });
  const optimizer = new SGD({ learningRate: LEARNING_RATE });
  const options = { optimizer, gradient, steps: STEPS, batchSize: BATCH, random, recordLoss } as const;
  const { losses, evaluations } = await train(net, { train: data.train, test: data.test }, options).finish();
  net.dispose();
  return [...losses, ...evaluations.flatMap(({ trainAccuracy, testAccuracy }) => [trainAccuracy, testAccuracy!])];
}

function sameJob(data: Setting, job: Job): Outcome {
  const random = new RandomState(0);
  return baselineJob(new IncrementalNet({ ...BOOK, random }), data, sparseSamples, job, random);
}

function bookJob(data: Setting, job: Job): Outcome {
  const random = new RandomState(0);
  return baselineJob(new BookNet({ ...BOOK, random, skipZeros: true }), data, denseSamples, job, random);
}

function baselineJob<R extends InputRows>(
  net: BaselineNet<R>,
  data: Setting,
  prepare: (data: Dataset) => Samples<R>,
  job: Job,
  random: RandomState,
): Outcome {
  const [training, test] = [prepare(data.train), prepare(data.test)];
  const steps = trainBaseline(net, training, { ...job, batchSize: BATCH, learningRate: LEARNING_RATE, random });
  const losses: number[] = [];
  const accuracies: number[] = [];
  for (let step = 0; step < STEPS; step++) {
    losses.push(steps.next().value!);
    if (step % EVERY !== 0) continue;
    accuracies.push(net.accuracy(training.all, training.labels), net.accuracy(test.all, test.labels));
  }
  return [...losses, ...accuracies];
}
