import { Dataset, RandomState, SGD, TwoLayerNet, train } from "numgrad";
import { describe, expect, test } from "vitest";
import { Pace } from "../../../packages/playground/src/training/pace.js";
import type { Method, Report, Settings } from "../../../packages/playground/src/training/protocol.js";
import { Trainer } from "../../../packages/playground/src/training/trainer.js";

test("the pace is the mean of the last seconds", () => {
  const pace = new Pace(3000);
  expect(pace.perStep).toBeUndefined();
  for (let i = 0; i < 100; i++) pace.add(5);
  expect(pace.perStep).toBeCloseTo(5, 10);
  // After thirty seconds at another pace, the first pace has a weight of e⁻¹⁰.
  for (let i = 0; i < 15_000; i++) pace.add(2);
  expect(pace.perStep).toBeCloseTo(2, 3);
});

/** 300 images of 28 × 28 with a bright line at the height of their label. */
function lines(size: number, seed: number): Dataset {
  const random = new RandomState(seed);
  const labels = Uint8Array.from(random.randint(0, 10, size));
  const images = Uint8Array.from(random.randint(0, 60, size * 784));
  for (const [i, label] of labels.entries()) images.fill(255, i * 784 + label * 56, i * 784 + label * 56 + 56);
  return new Dataset({ images, labels, rows: 28, cols: 28 });
}

const DATA = { train: lines(300, 1), test: lines(100, 2) };
const IMAGES = { ...DATA, isWhole: true };
const SETTINGS: Settings = { hiddenSize: 6, batchSize: 20, seed: 7, h: 1e-4, learningRate: 0.5 };

/** A trainer, and all its reports. */
function trainerFor(method: Method, images = IMAGES): { trainer: Trainer; reports: Report[] } {
  const reports: Report[] = [];
  const failed = (error: unknown) => {
    throw error;
  };
  const record = (report: Report) => void reports.push(report);
  return { trainer: new Trainer(images, method, SETTINGS, { report: record, failed }), reports };
}

const lossesOf = (reports: readonly Report[]) => reports.flatMap(({ losses }) => Array.from(losses));

describe("a trainer", () => {
  test("makes the steps of numgrad's train, bit for bit, in whatever portions they are asked for", async () => {
    const random = new RandomState(7);
    const net = new TwoLayerNet({ inputSize: 784, hiddenSize: 6, outputSize: 10, random });
    const optimizer = new SGD({ learningRate: 0.5 });
    const options = {
      optimizer,
      gradient: "backprop",
      steps: 40,
      batchSize: 20,
      recordLoss: "before",
      random,
    } as const;
    const history = await train(net, DATA, options).finish();

    const { trainer, reports } = trainerFor("backprop");
    for (const until of [1, 2, 17, 40]) {
      trainer.train(until);
      await trainer.idle();
      expect(reports.at(-1)?.steps).toBe(until);
    }
    expect(lossesOf(reports)).toEqual(Array.from(history.losses));
    // The page evaluates a sample after the first step, not all images.
    const evaluations = reports.flatMap((report) => report.evaluations);
    expect(evaluations).toEqual(
      history.evaluations.slice(1).map(({ step, trainAccuracy, testAccuracy }) => {
        return { steps: step + 1, train: trainAccuracy, test: testAccuracy };
      }),
    );
    expect(evaluations).toHaveLength(2);
    const sampled = reports.flatMap(({ samples }) => samples);
    expect(sampled.map(({ steps }) => steps)).toEqual([1, 2, 5, 10, 17, 20, 30, 40]);
    const { w1, b1, w2, b2 } = net.params;
    expect(reports.at(-1)?.weights).toEqual({ w1, b1, w2, b2 });
    await trainer.dispose();
    net.dispose();
  });

  test("evaluates no more than the sample on the first images", async () => {
    const { trainer, reports } = trainerFor("backprop", { ...DATA, isWhole: false });
    trainer.train(40);
    await trainer.idle();
    expect(reports.flatMap(({ evaluations }) => evaluations)).toEqual([]);
    expect(reports.flatMap(({ samples }) => samples)).toHaveLength(7);
    await trainer.dispose();
  });

  test("stops before the evaluation on all images has ended, and reports that one later", async () => {
    // 6,000 images are evaluated in twelve parts, and an epoch has 15 steps.
    const { trainer, reports } = trainerFor("backprop", { train: DATA.train, test: lines(6000, 3), isWhole: true });
    trainer.train(16);
    await trainer.idle();
    const stop = reports.findIndex(({ steps, weights }) => steps === 16 && weights);
    const evaluated = reports.findIndex(({ evaluations }) => evaluations.length > 0);
    expect(stop).toBeGreaterThanOrEqual(0);
    expect(evaluated).toBeGreaterThan(stop);
    expect(reports[evaluated]?.evaluations).toMatchObject([{ steps: 16 }]);
    // The evaluation is of the network after these steps, also if more steps come before its end.
    const other = trainerFor("backprop", { train: DATA.train, test: lines(6000, 3), isWhole: true });
    other.trainer.train(20);
    await other.trainer.idle();
    expect(other.reports.flatMap(({ evaluations }) => evaluations)).toEqual(reports[evaluated]?.evaluations);
    await Promise.all([trainer.dispose(), other.trainer.dispose()]);
  });

  test("counts as what the test images are read, before the first step too", async () => {
    const { trainer, reports } = trainerFor("backprop");
    trainer.recognise(1, undefined);
    trainer.train(40);
    await trainer.idle();
    const confusions = reports.flatMap(({ confusion }) => confusion ?? []);
    expect(confusions[0]?.steps).toBe(0);
    const { steps, counts } = confusions.at(-1)!;
    expect(steps).toBe(40);
    const right = counts.reduce((sum, count, i) => sum + (i % 11 === 0 ? count : 0), 0);
    const [sample] = reports.flatMap(({ samples }) => samples).slice(-1);
    expect(right / 100).toBe(sample?.test);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(100);
    // A reader who pauses sees numbers of the network that has stopped, and looks for images of these counts.
    trainer.train(47);
    await trainer.idle();
    expect(reports.at(-1)).toMatchObject({ confusion: { steps: 47 }, samples: [{ steps: 47 }] });
    await trainer.dispose();
  });

  test("finds a test image that is read as wanted, if there is one", async () => {
    const { trainer } = trainerFor("backprop");
    // The first weights read nearly all images as the same digit.
    const wrong = await trainer.find("wrong");
    expect(wrong?.image).toHaveLength(784);
    expect(await trainer.find("any")).toBeDefined();
    trainer.train(3000);
    await trainer.idle();
    const right = await trainer.find({ label: 3, said: 3 });
    expect(right?.label).toBe(3);
    // The line of a 3 is bright.
    expect(right?.image.subarray(168, 224).every((pixel) => pixel === 255)).toBe(true);
    expect(await trainer.find({ label: 3, said: 8 })).toBeUndefined();
    expect(await trainer.find("wrong")).toBeUndefined();
    await trainer.dispose();
  });

  test("makes no step without being told to", async () => {
    const { trainer, reports } = trainerFor("numerical");
    trainer.recognise(1, DATA.test.images.subarray(0, 784));
    expect(reports).toHaveLength(1);
    expect(reports[0]).toMatchObject({ steps: 0, losses: new Float64Array(), evaluations: [], pace: undefined });
    expect(reports[0]?.weights?.w1).toHaveLength(784 * 6);
    expect(reports[0]?.weights?.w2).toHaveLength(6 * 10);
    expect(reports[0]?.answers[0]?.probs).toHaveLength(10);
    await trainer.dispose();
  });

  test("reports probabilities as long as there is an image", async () => {
    const { trainer, reports } = trainerFor("backprop");
    trainer.recognise(1, DATA.test.images.subarray(0, 784));
    trainer.train(30);
    await trainer.idle();
    const probs = reports.at(-1)?.answers.at(-1)?.probs ?? new Float64Array();
    expect(probs.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
    expect(probs).not.toEqual(reports[0]?.answers[0]?.probs);
    trainer.recognise(2, undefined);
    expect(reports.at(-1)?.answers).toEqual([]);
    await trainer.dispose();
  });

  test("a learning rate holds from its step on, and not before", async () => {
    const steady = trainerFor("backprop");
    steady.trainer.train(30);
    await steady.trainer.idle();
    const changed = trainerFor("backprop");
    changed.trainer.setLearningRate(0, 10);
    changed.trainer.train(30);
    await changed.trainer.idle();
    const [a, b] = [lossesOf(steady.reports), lossesOf(changed.reports)];
    // The losses are taken before the updates, and the eleventh update is the first that differs.
    expect(b.slice(0, 11)).toEqual(a.slice(0, 11));
    expect(b.slice(11)).not.toEqual(a.slice(11));
    await Promise.all([steady.trainer.dispose(), changed.trainer.dispose()]);
  });

  test("a weight is moved by h, and put back bit for bit", async () => {
    const [probed, other] = [trainerFor("numerical"), trainerFor("numerical")];
    probed.trainer.probe(300, 2);
    const probe = probed.reports.at(-1)?.probe;
    const quotient = ((probe?.above ?? 0) - (probe?.below ?? 0)) / 2e-4;
    expect(quotient).not.toBe(0);
    expect(quotient).toBeCloseTo(probe?.backprop ?? Number.NaN, 7);
    for (const { trainer } of [probed, other]) {
      trainer.train(20);
      await trainer.idle();
    }
    expect(lossesOf(probed.reports)).toEqual(lossesOf(other.reports));
    expect(probed.reports.at(-1)?.weights).toEqual(other.reports.at(-1)?.weights);
    // A unit that a smaller network does not have is not probed.
    probed.trainer.probe(300, 6);
    expect(probed.reports.at(-1)?.probe).toBeUndefined();
    await Promise.all([probed.trainer.dispose(), other.trainer.dispose()]);
  });

  test("can be disposed of while it trains", async () => {
    const { trainer, reports } = trainerFor("numerical");
    trainer.train(1_000_000);
    await new Promise((resolve) => setTimeout(resolve, 20));
    await trainer.dispose();
    const { length } = reports;
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(reports).toHaveLength(length);
  });

  test("reports once the error that has ended its training, however often it was told to train", async () => {
    const [gone, failures] = [new Error("the page has gone"), [] as unknown[]];
    const report = () => {
      throw gone;
    };
    const failed = (error: unknown) => void failures.push(error);
    const trainer = new Trainer(IMAGES, "backprop", SETTINGS, { report, failed });
    for (const until of [5, 10, 15]) trainer.train(until);
    await trainer.idle();
    expect(failures).toEqual([gone]);
    await trainer.dispose();
  });

  test("reports why it has ended if parameters would not be finite", async () => {
    const { trainer, reports } = trainerFor("backprop");
    trainer.setLearningRate(Number.POSITIVE_INFINITY, 5);
    trainer.train(50);
    await trainer.idle();
    expect(reports.at(-1)?.steps).toBe(5);
    expect(reports.at(-1)?.divergence).toMatch(/diverged at step 5/);
    expect(reports.at(-1)?.weights?.w1.every(Number.isFinite)).toBe(true);
    await trainer.dispose();
  });
});
