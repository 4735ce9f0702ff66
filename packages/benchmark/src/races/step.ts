import { RandomState } from "numgrad";
import { sparseSamples } from "../baseline/training.js";
import { type Contender, runRace } from "../harness.js";
import { BATCH, BOOK, CORE, DENSE, type Group, SAME, SAME_RUN, type Setting, SKIPPING } from "./setting.js";
import { bookRun, coreRun, type RunOptions, type SteppingRun, sameRun } from "./stepping.js";

/** Training steps in one sample of the clock. */
const STEPS = 20;

/** Training steps before the parameters are compared. This happens before anything is timed. */
const COMPARED_STEPS = 10;

export const step: Group = {
  title: "One training step",
  about:
    `Time of one training step (gather a fresh batch of ${BATCH} out of 60,000 images, gradient, update): numgrad ` +
    "compared with plain TypeScript. numgrad's step is one iteration of the public `train` with `recordLoss: false` " +
    "and `evaluateEvery: false`. The first step of a run, which also makes the lists of the dataset, is timed " +
    "separately.",
  async run(setting) {
    await compareRuns(setting);
    return [await stepRace(setting), await firstStepRace(setting)];
  },
};

async function compareRuns(setting: Setting): Promise<void> {
  for (const gradient of ["numerical", "backprop"] as const) {
    const options = { ...BOOK, gradient, batchSize: BATCH, recordLoss: false } as const;
    const core = coreRun(setting.train, options);
    await core.advance(COMPARED_STEPS);
    const expected = core.parameters();
    const others = [sameRun(setting.sparse, options)];
    if (gradient === "backprop") {
      others.push(bookRun(setting.dense, true, options), bookRun(setting.dense, false, options));
    }
    for (const other of others) {
      await other.advance(COMPARED_STEPS);
      const what = `parameters after ${COMPARED_STEPS} ${gradient} steps, ${other.name}`;
      setting.compare(what, other.parameters(), expected, SAME_RUN);
    }
    await core.end();
  }
}

async function stepRace(setting: Setting) {
  const options = (gradient: RunOptions["gradient"]) =>
    ({ ...BOOK, gradient, batchSize: BATCH, recordLoss: false }) as const;
  const numerical = coreRun(setting.train, options("numerical"));
  const backprop = coreRun(setting.train, options("backprop"));
  const [numericalName, backpropName] = [`${CORE}, numerical`, `${CORE}, backprop`];
  const entrant = (name: string, run: SteppingRun, versus: string, steps = STEPS): Contender => ({
    name,
    run: () => run.advance(steps),
    units: steps,
    versus,
  });
  const contenders = [
    entrant(backpropName, backprop, backpropName),
    entrant(numericalName, numerical, backpropName),
    entrant(`${SAME}, numerical`, sameRun(setting.sparse, options("numerical")), numericalName, 5),
    entrant(`${SAME}, backprop`, sameRun(setting.sparse, options("backprop")), backpropName, 5),
    entrant(`${SKIPPING}, backprop`, bookRun(setting.dense, true, options("backprop")), backpropName, 5),
    entrant(`${DENSE}, backprop`, bookRun(setting.dense, false, options("backprop")), backpropName, 2),
  ];
  const result = await runRace({ name: "a training step", contenders }, setting.effort);
  await numerical.end();
  await backprop.end();
  return result;
}

/** Times `train` from the call to the end of its first step, in which 60,000 images become lists. */
function firstStepRace(setting: Setting) {
  const options = { ...BOOK, gradient: "backprop", batchSize: BATCH, recordLoss: false } as const;
  const random = new RandomState(2);
  const core = async () => {
    const run = coreRun(setting.train, { ...options, random });
    await run.advance(1);
    await run.end();
  };
  const same = () => sameRun(sparseSamples(setting.train), { ...options, random }).advance(1);
  const contenders = [
    { name: CORE, run: core },
    { name: SAME, run: same },
  ];
  const race = { name: "the first step of a run", contenders };
  return runRace(race, { ...setting.effort, warmUp: 0 });
}
