import { History } from "numgrad";
import { describe, expect, test } from "vitest";
import { withEnding } from "../../../packages/train/src/report/evaluations.js";

describe("withEnding", () => {
  const history = new History();
  history.evaluations = [{ step: 0, epoch: 0, trainAccuracy: 0.1, testAccuracy: 0.2 }];
  history.times = [5];
  history.elapsed = 70;
  const outcome = {
    status: "finished",
    steps: 30,
    milliseconds: 80,
    threads: 1,
    pace: { steps: 30, milliseconds: 60 },
    trainAccuracy: 0.8,
    testAccuracy: 0.7,
  } as const;
  const measured = { step: 0, epoch: 0, trainAccuracy: 0.1, testAccuracy: 0.2, time: 5 };

  test("adds the accuracies of the network at the end", () => {
    const last = { step: 29, trainAccuracy: 0.8, testAccuracy: 0.7, time: 70 };
    expect(withEnding(history, outcome, 1.5)).toEqual([measured, { ...last, epoch: 1.5 }]);
    // Two points at the same epoch would make no curve, so a run of less than one epoch is drawn over its steps.
    expect(withEnding(history, outcome, 0.4)).toEqual([measured, { ...last, epoch: 0 }]);
  });

  test("adds nothing if they are measured already, or if no step was made", () => {
    expect(withEnding(history, { ...outcome, steps: 1 }, 0.01)).toEqual([measured]);
    expect(withEnding(new History(), { ...outcome, steps: 0 }, 0)).toEqual([]);
  });
});
