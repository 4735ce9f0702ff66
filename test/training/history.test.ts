import { ArgumentError, History, type HistoryData, matrix, TwoLayerNet, train } from "numgrad";
import { describe, expect, test, vi } from "vitest";
import { thrownBy } from "../support/thrown.js";

const data: HistoryData = {
  version: 1,
  status: "aborted",
  stoppedAt: 4,
  elapsed: 40.5,
  losses: [2.3, 0.1 + 0.2, 5e-324, -1e-7],
  evaluations: [
    { step: 0, epoch: 0, trainAccuracy: 1 / 3, testAccuracy: 0 },
    { step: 3, epoch: 1, trainAccuracy: 1, testAccuracy: 0.9465 },
  ],
  times: [11.25, 38],
};

/** A run over four samples, which are evaluated every second step. */
function shortRun(steps: number, options = {}) {
  const net = new TwoLayerNet({ inputSize: 2, hiddenSize: 3, outputSize: 2, random: 0 });
  const samples = { x: matrix([[0, 0], [0, 1], [1, 0], [1, 1]]), t: [0, 1, 1, 0] }; // biome-ignore format: a matrix
  return train(
    net,
    { train: samples, test: samples },
    { steps, batchSize: 4, random: 1, evaluateEvery: 2, ...options },
  );
}

describe("JSON", () => {
  test("has everything, and reading it gives the same bits", () => {
    const history = History.fromJSON(JSON.parse(JSON.stringify(data)));
    expect(history).toBeInstanceOf(History);
    expect(history.losses).toEqual(data.losses);
    expect(history.evaluations).toEqual(data.evaluations);
    expect(history.times).toEqual([11.25, 38]);
    expect([history.elapsed, history.status, history.stoppedAt]).toEqual([40.5, "aborted", 4]);
    expect(JSON.parse(JSON.stringify(history))).toEqual(data);
  });

  test("keeps the records of real runs, however they ended", async () => {
    const finished = await shortRun(7).finish();
    const silent = await shortRun(7, { recordLoss: false, evaluateEvery: false }).finish();
    const aborted = await shortRun(7, { signal: AbortSignal.abort() }).finish();
    const stopped = shortRun(7);
    for await (const { step } of stopped) if (step === 2) break;
    const running = shortRun(7);
    await running[Symbol.asyncIterator]().next();
    for (const history of [finished, silent, aborted, stopped.history, running.history]) {
      const again = History.fromJSON(JSON.parse(JSON.stringify(history)));
      expect(again).toEqual(history);
      expect([again.elapsed, again.times]).toEqual([history.elapsed, history.times]);
    }
    expect(finished.times).toHaveLength(4);
    expect(aborted).toMatchObject({ status: "aborted", stoppedAt: 0, losses: [] });
    expect(Object.keys(finished.toJSON())).not.toContain("stoppedAt");
  });

  test("is a copy when it is made and when it is read", () => {
    const history = History.fromJSON(data);
    const copy = history.toJSON();
    copy.losses[0] = 9;
    (copy.evaluations[0] as { step: number }).step = 9;
    history.losses[1] = 9;
    expect(history.losses[0]).toBe(2.3);
    expect(history.evaluations[0]?.step).toBe(0);
    expect(data.losses[1]).toBe(0.1 + 0.2);
  });

  const [first, second] = data.evaluations;
  const withEvaluation = (change: object) => ({ ...data, evaluations: [first, { ...second, ...change }] });
  test.each<[string, unknown, string]>([
    ["null for an object", null, "data"],
    ["text", JSON.stringify(data), "data"],
    ["another version", { ...data, version: 2 }, "data.version"],
    ["no version", { ...data, version: undefined }, "data.version"],
    ["something unknown", { ...data, accuracies: [] }, "data.accuracies"],
    ["another status", { ...data, status: "done" }, "data.status"],
    ["no stoppedAt of a run that ended early", { ...data, stoppedAt: undefined }, "data.stoppedAt"],
    ["a stoppedAt before the last loss", { ...data, stoppedAt: 3 }, "data.stoppedAt"],
    ["a stoppedAt of a finished run", { ...data, status: "finished" }, "data.stoppedAt"],
    ["no losses", { ...data, losses: undefined }, "data.losses"],
    ["a loss that is missing", { ...data, losses: Array(4) }, "data.losses[0]"],
    ["losses that are no array", { ...data, losses: { length: 4 } }, "data.losses"],
    ["a loss that is null, as JSON writes NaN", { ...data, losses: [1, 2, null, 4] }, "data.losses[2]"],
    ["a loss that is text", { ...data, losses: [1, 2, 3, "4"] }, "data.losses[3]"],
    ["evaluations that are a number", { ...data, evaluations: 2 }, "data.evaluations"],
    ["an evaluation that is a number", { ...data, evaluations: [first, 0.5] }, "data.evaluations[1]"],
    ["an evaluation with something unknown", withEvaluation({ loss: 1 }), "data.evaluations[1].loss"],
    ["a step that is not after the one before", withEvaluation({ step: 0 }), "data.evaluations[1].step"],
    ["a step that was not made", withEvaluation({ step: 4 }), "data.evaluations[1].step"],
    ["an epoch that is no integer", withEvaluation({ epoch: 0.5 }), "data.evaluations[1].epoch"],
    ["an accuracy above 1", withEvaluation({ trainAccuracy: 94.65 }), "data.evaluations[1].trainAccuracy"],
    ["an accuracy that is missing", withEvaluation({ trainAccuracy: undefined }), "data.evaluations[1].trainAccuracy"],
    ["an accuracy that is null", withEvaluation({ testAccuracy: null }), "data.evaluations[1].testAccuracy"],
    ["fewer times than evaluations", { ...data, times: [1] }, "data.times"],
    ["a time before the one before it", { ...data, times: [12, 11] }, "data.times[1]"],
    ["a time after the end", { ...data, times: [11, 41] }, "data.times[1]"],
    ["a time that is null, as JSON writes NaN", { ...data, times: [11, null] }, "data.times[1]"],
    ["a time below 0", { ...data, times: [-1, 2] }, "data.times[0]"],
    ["an infinite elapsed", { ...data, elapsed: Number.POSITIVE_INFINITY }, "data.elapsed"],
  ])("with %s is refused", (_, wrong, argument) => {
    expect(thrownBy(ArgumentError, () => History.fromJSON(wrong)).argument).toBe(argument);
  });

  test("with a __proto__ is refused and changes no other object", () => {
    const text = JSON.stringify(data).replace("{", '{"__proto__":{"polluted":1},');
    expect(thrownBy(ArgumentError, () => History.fromJSON(JSON.parse(text))).argument).toBe("data.__proto__");
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });
});

describe("CSV", () => {
  const header = "step,loss,epoch,trainAccuracy,testAccuracy,milliseconds";

  test("is one table, with empty fields for numbers that were not measured", () => {
    expect(History.fromJSON(data).toCSV()).toBe(
      `${header}
0,2.3,0,0.3333333333333333,0,11.25
1,0.30000000000000004,,,,
2,5e-324,,,,
3,-1e-7,1,1,0.9465,38
`,
    );
  });

  test("has only the evaluations if no losses were recorded, and only the header if nothing was", () => {
    const evaluations = [{ step: 600, epoch: 1, trainAccuracy: 0.5 }];
    const history = History.fromJSON({ ...data, losses: [], stoppedAt: 900, evaluations, times: [7] });
    expect(history.toCSV()).toBe(`${header}\n600,,1,0.5,,7\n`);
    expect(new History().toCSV()).toBe(`${header}\n`);
  });

  test("has a run's losses and accuracies in its columns", async () => {
    const history = await shortRun(9).finish();
    const [, ...rows] = history.toCSV().trimEnd().split("\n").map((line) => line.split(",")); // biome-ignore format: one line
    expect(rows.map(([step]) => Number(step))).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
    expect(rows.map(([, loss]) => Number(loss))).toEqual(history.losses);
    const measured = rows.filter((row) => row[3] !== "").map(([step, , epoch, trainAccuracy, testAccuracy]) => ({
      step: Number(step), epoch: Number(epoch), trainAccuracy: Number(trainAccuracy), testAccuracy: Number(testAccuracy),
    })); // biome-ignore format: short
    expect(measured).toEqual(history.evaluations);
  });
});

test("a history's moving average is that of its losses", () => {
  const history = new History();
  expect(history.movingAverage(3)).toEqual(new Float64Array(0));
  history.losses.push(3, 6, 9, 0);
  expect(history.movingAverage(3)).toEqual(new Float64Array([4.5, 6, 5, 4.5]));
});

describe("times", () => {
  test("do not count when two histories are compared", () => {
    const [a, b] = [History.fromJSON(data), History.fromJSON({ ...data, elapsed: 41, times: [1, 2] })];
    expect(a).toEqual(b);
    expect(Object.keys(a).sort()).toEqual(["evaluations", "losses", "status", "stoppedAt"]);
    b.losses[0] = 2.4;
    expect(a).not.toEqual(b);
  });

  /** Calls `action` with a clock that only `advance` moves. */
  async function withClock(action: (advance: (milliseconds: number) => void) => Promise<void>) {
    let now = 1000;
    const clock = vi.spyOn(performance, "now").mockImplementation(() => now);
    const advance = (milliseconds: number) => {
      now += milliseconds;
    };
    await action(advance).finally(() => clock.mockRestore());
  }

  test("count the run's work, but not its caller's work between steps", () =>
    withClock(async (advance) => {
      const run = shortRun(5, { optimizer: { update: () => advance(3) } });
      advance(500);
      for await (const _ of run) advance(1000);
      expect(run.history.elapsed).toBe(15);
      expect(run.history.times).toEqual([3, 9, 15]);
    }));

  test("do not count after the loop was left", () =>
    withClock(async (advance) => {
      const run = shortRun(5, { optimizer: { update: () => advance(3) } });
      for await (const { step } of run) {
        advance(1000);
        if (step === 1) break;
      }
      advance(1000);
      expect(run.history).toMatchObject({ status: "aborted", stoppedAt: 2 });
      expect([run.history.elapsed, run.history.times]).toEqual([6, [3]]);
    }));

  test("count the work of a step that fails", () =>
    withClock(async (advance) => {
      let updates = 0;
      const update = () => {
        advance(3);
        if (++updates === 3) throw new Error("mine");
      };
      const run = shortRun(5, { optimizer: { update } });
      await expect(run.finish()).rejects.toThrow("mine");
      expect(run.history.elapsed).toBe(9);
    }));
});
