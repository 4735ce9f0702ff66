import { describe, expect, test } from "vitest";
import { RandomState } from "../../packages/numgrad/src/random/random-state.js";
import { type Climber, rungsOf, SuccessiveHalving } from "../../packages/sweep/src/sweep/halving.js";

/** All promotions of some trials, if `pick` chooses which of the trainings ends next. */
function promotions(trials: number, rungs: number, eta: number, pick: (open: number) => number): string[] {
  const halving = new SuccessiveHalving(rungs, eta);
  const open: Climber[] = Array.from({ length: trials }, (_, trial) => halving.enter(trial));
  const made: string[] = [];
  while (open.length > 0) {
    const [climber] = open.splice(pick(open.length), 1) as [Climber];
    // Any function of trial and rung is a value; some values are equal, and some trials diverge.
    const value = climber.trial % 7 === 3 ? Number.NEGATIVE_INFINITY : (climber.trial * 37 + climber.rung * 11) % 23;
    const promoted = halving.record(climber, value);
    open.push(...promoted);
    made.push(...promoted.map(({ trial, rung }) => `${trial} to ${rung}`));
  }
  return made.sort();
}

describe("successive halving", () => {
  test("has rungs from minEpochs to the epochs of the sweep", () => {
    expect(rungsOf({ minEpochs: 1, eta: 3 }, 9)).toEqual([1, 3, 9]);
    expect(rungsOf({ minEpochs: 2, eta: 2 }, 10)).toEqual([2, 4, 8, 10]);
    expect(rungsOf({ minEpochs: 1, eta: 3 }, 2)).toEqual([1, 2]);
  });

  test("promotes the best part of the trials so far", () => {
    const halving = new SuccessiveHalving(2, 3);
    const climbers = [0, 1, 2, 3, 4, 5].map((trial) => halving.enter(trial));
    const values = [0.1, 0.5, 0.3, 0.9, 0.2, 0.4];
    const made = climbers.map((climber, i) => halving.record(climber, values[i]!).map(({ trial }) => trial));
    expect(made).toEqual([[], [], [1], [3], [], []]);
  });

  test("decides the same, whichever training ends first", () => {
    const inOrder = promotions(60, 4, 2, () => 0);
    expect(inOrder.length).toBeGreaterThan(30);
    for (let seed = 0; seed < 50; seed++) {
      const random = new RandomState(seed);
      expect(promotions(60, 4, 2, (open) => random.randint(0, open))).toEqual(inOrder);
    }
  });

  test("never promotes a trial that diverged", () => {
    const halving = new SuccessiveHalving(2, 2);
    const climbers = [0, 1, 2].map((trial) => halving.enter(trial));
    expect(climbers.flatMap((climber) => halving.record(climber, Number.NEGATIVE_INFINITY))).toEqual([]);
  });
});
