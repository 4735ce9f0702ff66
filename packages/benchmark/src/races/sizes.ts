import { sparseSamples } from "../baseline/training.js";
import { type RaceResult, runRace } from "../harness.js";
import { BOOK, type Group, SAME_RUN, type Setting } from "./setting.js";
import { coreRun, type RunOptions, sameRun } from "./stepping.js";

const HIDDEN = [10, 50, 100, 400];
const BATCHES = [1, 100, 1000];

/** Images to draw from. With 60,000, making the lists for 12 sizes and two runs each would take half a minute. */
const IMAGES = 10_000;

/** Training steps before the parameters are compared. This happens before anything is timed. */
const COMPARED_STEPS = 3;

export const sizes: Group = {
  title: "How the cost grows",
  about:
    "Time of one training step, as above, for other numbers of hidden units and other batch sizes: numgrad's " +
    "medians, and ratios of medians. Batches are drawn from 10,000 images. TypeScript is the same algorithm as " +
    "numgrad's.",
  async run(setting) {
    const data = setting.train.subset(0, IMAGES);
    const samples = sparseSamples(data);
    const results: RaceResult[] = [];
    for (const hidden of HIDDEN) {
      for (const batch of BATCHES) {
        // --quick races one batch size instead of all, and one more point.
        if (setting.quick && batch !== 100 && !(hidden === 50 && batch === 1)) continue;
        results.push(await raceAt(setting, data, samples, { hidden, batch }));
      }
    }
    return results;
  },
};

async function raceAt(
  setting: Setting,
  data: Setting["train"],
  samples: ReturnType<typeof sparseSamples>,
  { hidden, batch }: { readonly hidden: number; readonly batch: number },
): Promise<RaceResult> {
  const start = (gradient: RunOptions["gradient"]) => {
    const options = { ...BOOK, hiddenSize: hidden, batchSize: batch, gradient, recordLoss: false } as const;
    return { gradient, core: coreRun(data, options), same: sameRun(samples, options) };
  };
  const runs = [start("backprop"), start("numerical")] as const;
  for (const { gradient, core, same } of runs) {
    await core.advance(COMPARED_STEPS);
    await same.advance(COMPARED_STEPS);
    const what = `parameters after ${COMPARED_STEPS} ${gradient} steps, hidden ${hidden}, batch ${batch}`;
    setting.compare(what, same.parameters(), core.parameters(), SAME_RUN);
  }
  // A sample has about half a millisecond of numgrad's time, and at least one step.
  const steps = Math.max(1, Math.round(50_000 / (hidden * batch)));
  const contenders = runs.flatMap(({ gradient, core, same }) => [
    { name: contenderName(core.name, gradient), run: () => core.advance(steps), units: steps },
    { name: contenderName(same.name, gradient), run: () => same.advance(steps), units: steps },
  ]);
  const [backprop, sameBackprop, numerical, sameNumerical] = contenders;
  const race = {
    name: `a training step, hidden ${hidden}, batch ${batch}`,
    at: { hidden, batch },
    contenders: [
      backprop!,
      numerical!,
      { ...sameBackprop!, versus: backprop!.name },
      { ...sameNumerical!, versus: numerical!.name },
    ],
  };
  const result = await runRace(race, { ...setting.effort, rounds: Math.min(setting.effort.rounds, 3) });
  for (const { core } of runs) await core.end();
  return result;
}

/** `numgrad, numerical`. */
function contenderName(name: string, gradient: RunOptions["gradient"]): string {
  return `${name}, ${gradient}`;
}
