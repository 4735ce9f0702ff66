import { Dataset, RandomState, SGD, TwoLayerNet, train } from "numgrad";
import { describe, expect, test } from "vitest";
import { sentenceOf } from "../../packages/playground/src/answers.js";
import { roundUp, ticks } from "../../packages/playground/src/axis.js";
import { comparison } from "../../packages/playground/src/comparison.js";
import type { Port } from "../../packages/playground/src/contender.js";
import { drawAccuracies, drawLosses, lastLoss } from "../../packages/playground/src/curves.js";
import { centreOfMass, type Point, SIDE, type Stroke, toImage } from "../../packages/playground/src/digit.js";
import { Pace } from "../../packages/playground/src/pace.js";
import { Pair } from "../../packages/playground/src/pair.js";
import type { Method, Reply, Report, Request, Settings } from "../../packages/playground/src/protocol.js";
import { Agreement, LossSeries } from "../../packages/playground/src/series.js";
import { BOOK, countParameters, LEARNING_RATES } from "../../packages/playground/src/settings.js";
import { Trainer } from "../../packages/playground/src/trainer.js";

/** A stroke through points. */
const stroke = (...points: [x: number, y: number][]): Point[] => points.map(([x, y]) => ({ x, y }));

/** A 7 on the whole pad. */
const SEVEN: readonly Stroke[] = [stroke([0.2, 0.1], [0.8, 0.1], [0.4, 0.9])];

/** The same strokes, scaled and moved. */
const placed = (strokes: readonly Stroke[], scale: number, dx: number, dy: number): Stroke[] =>
  strokes.map((points) => points.map(({ x, y }) => ({ x: scale * x + dx, y: scale * y + dy })));

/** Rows and columns that have ink: how many, from the first to the last. */
function sizeOf(image: Uint8Array): { rows: number; cols: number } {
  const inked = Array.from(image.keys()).filter((i) => (image[i] as number) > 0);
  const span = (values: number[]) => Math.max(...values) - Math.min(...values) + 1;
  return { rows: span(inked.map((i) => Math.floor(i / SIDE))), cols: span(inked.map((i) => i % SIDE)) };
}

describe("a drawing as an image like MNIST's", () => {
  test("an empty drawing is no image", () => {
    expect(toImage([])).toBeUndefined();
    expect(toImage([[]])).toBeUndefined();
  });

  test("its larger side is that of MNIST's box, 20 pixels", () => {
    // 20 pixels that begin in the middle of one touch 21.
    const tall = sizeOf(toImage(SEVEN) as Uint8Array);
    expect([20, 21, 22]).toContain(tall.rows);
    expect(tall.cols).toBeGreaterThan(14);
    expect(tall.cols).toBeLessThan(19);
    const wide = sizeOf(toImage([stroke([0.1, 0.5], [0.9, 0.45])]) as Uint8Array);
    expect([20, 21, 22]).toContain(wide.cols);
    expect(wide.rows).toBeLessThan(8);
  });

  test("its centre of mass is in the middle", () => {
    for (const drawing of [
      SEVEN,
      [stroke([0.1, 0.9], [0.1, 0.1])],
      [stroke([0, 0], [0.3, 0.1]), stroke([0, 0.2], [0.3, 0.2])],
    ]) {
      const { x, y } = centreOfMass(toImage(drawing) as Uint8Array);
      // Bytes of the edges round the centre by less than a twentieth of a pixel.
      expect(Math.abs(x - 14)).toBeLessThan(0.05);
      expect(Math.abs(y - 14)).toBeLessThan(0.05);
    }
  });

  test("a heavy end does not push the other end out of the image", () => {
    const scribble = Array.from({ length: 100 }, (_, i) => stroke([(i % 10) / 40, Math.floor(i / 10) / 40]));
    const image = toImage([...scribble, stroke([0.1, 0.1], [1, 1])]) as Uint8Array;
    const { rows, cols } = sizeOf(image);
    expect(Math.min(rows, cols)).toBeGreaterThanOrEqual(19);
    expect(centreOfMass(image).x).toBeLessThan(14);
  });

  test("large or small, here or there: the same image", () => {
    const image = toImage(SEVEN) as Uint8Array;
    for (const [scale, dx, dy] of [
      [0.25, 0, 0],
      [0.25, 0.7, 0.3],
      [1.5, -0.4, 0.2],
    ] as const) {
      const other = toImage(placed(SEVEN, scale, dx, dy)) as Uint8Array;
      // Rounded coordinates change a byte by one.
      expect(Math.max(...image.map((ink, i) => Math.abs(ink - (other[i] as number))))).toBeLessThanOrEqual(1);
    }
  });

  test("a line is about as wide as MNIST's, with full ink in its middle", () => {
    const image = toImage([stroke([0.5, 0.1], [0.5, 0.9])]) as Uint8Array;
    const row = image.subarray(14 * SIDE, 15 * SIDE);
    expect(row.reduce((sum, ink) => sum + ink, 0) / 255).toBeCloseTo(2.4, 1);
    expect(Math.max(...row)).toBe(255);
  });

  test("a dot stays a dot, and a tremor one too", () => {
    for (const drawing of [stroke([0.2, 0.7]), stroke([0.2, 0.7], [0.21, 0.69], [0.2, 0.7])]) {
      const { rows, cols } = sizeOf(toImage([drawing]) as Uint8Array);
      expect(Math.max(rows, cols)).toBeLessThanOrEqual(6);
    }
  });

  test("what lies outside the pad changes nothing but the box", () => {
    expect(toImage(placed(SEVEN, 1, -3, 5))).toHaveLength(784);
  });

  test("a blank image has its centre of mass in the middle", () => {
    expect(centreOfMass(new Uint8Array(784))).toEqual({ x: 14, y: 14 });
  });
});

describe("losses", () => {
  test("few are kept one by one", () => {
    const series = new LossSeries();
    series.add([3, 1, 2]);
    expect(series.buckets.map(({ sum, count }) => [sum, count])).toEqual([
      [3, 1],
      [1, 1],
      [2, 1],
    ]);
  });

  test("many are in a few hundred buckets, which have all of them", () => {
    const losses = new RandomState(0).random(12_345);
    const series = new LossSeries();
    for (let i = 0; i < losses.length; i += 100) series.add(losses.subarray(i, i + 100));
    expect(series.length).toBe(12_345);
    expect(series.buckets.length).toBeLessThanOrEqual(400);
    let start = 0;
    for (const { count, sum, low, high } of series.buckets) {
      const part = Array.from(losses.subarray(start, start + count));
      expect(sum).toBeCloseTo(
        part.reduce((a, b) => a + b, 0),
        10,
      );
      expect([low, high]).toEqual([Math.min(...part), Math.max(...part)]);
      start += count;
    }
    expect(start).toBe(12_345);
    expect(series.buckets.slice(0, -1).every(({ count }) => count === series.width)).toBe(true);
  });

  test("the agreement of two runs is that of the same steps, in whatever order they come", () => {
    const agreement = new Agreement();
    agreement.add(0, [1, 2]);
    expect([agreement.steps, agreement.largest]).toEqual([0, 0]);
    agreement.add(1, [1.5]);
    expect([agreement.steps, agreement.largest]).toEqual([1, 0.5]);
    agreement.add(1, [2.25, 9]);
    agreement.add(0, [9]);
    expect([agreement.steps, agreement.largest]).toEqual([3, 0.5]);
  });
});

describe("curves", () => {
  test("the line of a constant is that constant, in the middle of each bucket", () => {
    const series = new LossSeries();
    series.add(new Float64Array(1000).fill(0.5));
    const [band, line] = drawLosses([{ method: "numerical", steps: 1000, series, evaluations: [] }]).shapes;
    expect(line?.points.every(([, y]) => y === 0.5)).toBe(true);
    expect(line?.points.slice(0, 2)).toEqual([
      [1.5, 0.5],
      [5.5, 0.5],
    ]);
    expect([band?.points.length, band?.lower?.length]).toEqual([250, 250]);
    expect(lastLoss(series)).toBe(0.5);
  });

  test("axes end at round numbers that hold everything", () => {
    const series = new LossSeries();
    const record = { method: "numerical", steps: 0, series, evaluations: [] };
    expect(drawLosses([record])).toMatchObject({ xMax: 100, yMax: 2.5 });
    series.add([7, 7]);
    expect(drawLosses([{ ...record, steps: 1201 }])).toMatchObject({ xMax: 2000, yMax: 10 });
    expect(lastLoss(new LossSeries())).toBeUndefined();
  });

  test("accuracies are drawn at the number of steps after which they were measured", () => {
    const evaluations = [{ step: 600, epoch: 1, trainAccuracy: 0.8, testAccuracy: 0.7 }];
    const picture = drawAccuracies([{ method: "backprop", steps: 700, series: new LossSeries(), evaluations }]);
    expect(picture.shapes.map(({ points }) => points)).toEqual([[[601, 0.8]], [[601, 0.7]]]);
  });

  test("numbers of axes are round", () => {
    expect([0, 0.3, 1, 1.1, 2, 4, 5.1, 99, 101, 10_000].map(roundUp)).toEqual([1, 1, 1, 2, 2, 5, 10, 100, 200, 10_000]);
    expect(ticks(1, 4)).toEqual([0, 0.5, 1]);
    expect(ticks(2.5, 5)).toEqual([0, 0.5, 1, 1.5, 2, 2.5]);
    expect(ticks(10_000, 5)).toEqual([0, 2000, 4000, 6000, 8000, 10_000]);
  });

  test("the pace is the mean of the last seconds", () => {
    const pace = new Pace();
    expect(pace.perStep).toBeUndefined();
    for (let i = 0; i < 100; i++) pace.add(5);
    expect(pace.perStep).toBeCloseTo(5, 10);
    // After thirty seconds at another pace, e⁻¹⁰ of the first is left.
    for (let i = 0; i < 15_000; i++) pace.add(2);
    expect(pace.perStep).toBeCloseTo(2, 3);
  });
});

describe("settings", () => {
  test("the slider's learning rates grow, with the book's in the middle", () => {
    expect(LEARNING_RATES).toHaveLength(25);
    expect(LEARNING_RATES[0]).toBe(0.001);
    expect(LEARNING_RATES[12]).toBe(0.1);
    expect(LEARNING_RATES[24]).toBe(10);
    expect(LEARNING_RATES.every((rate, i) => i === 0 || rate > (LEARNING_RATES[i - 1] as number))).toBe(true);
  });

  test("the book's network has 39,760 parameters", () => {
    expect(countParameters(BOOK.hiddenSize)).toBe(39_760);
  });
});

test("what the networks say is told in a sentence", () => {
  const sure = (digit: number) => Float64Array.from({ length: 10 }, (_, i) => (i === digit ? 0.91 : 0.01));
  expect(sentenceOf({ numerical: undefined, backprop: undefined })).toBe("");
  expect(sentenceOf({ numerical: sure(3), backprop: sure(3) })).toBe("Both networks say 3.");
  expect(sentenceOf({ numerical: sure(3), backprop: sure(5) }, 5)).toBe(
    "A test image, labelled 5. Differences say 3, backpropagation says 5.",
  );
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
const SETTINGS: Settings = { hiddenSize: 6, batchSize: 20, seed: 7, h: 1e-4, learningRate: 0.5 };

/** A trainer, and all that it has reported. */
function trainerFor(method: Method): { trainer: Trainer; reports: Report[] } {
  const reports: Report[] = [];
  const failed = (error: unknown) => {
    throw error;
  };
  const report = (each: Report) => void reports.push(each);
  return { trainer: new Trainer(DATA, method, SETTINGS, { report, failed }), reports };
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
    expect(reports.flatMap(({ evaluations }) => evaluations)).toEqual(history.evaluations);
    expect(reports.at(-1)?.weights).toEqual(Float32Array.from(net.params.w1));
    await trainer.dispose();
    net.dispose();
  });

  test("makes no step unless it is told to", async () => {
    const { trainer, reports } = trainerFor("numerical");
    trainer.recognise(DATA.test.images.subarray(0, 784));
    expect(reports).toHaveLength(1);
    expect(reports[0]).toMatchObject({ steps: 0, losses: new Float64Array(), evaluations: [], pace: undefined });
    expect(reports[0]?.weights).toHaveLength(784 * 6);
    expect(reports[0]?.probs).toHaveLength(10);
    await trainer.dispose();
  });

  test("reports probabilities as long as there is an image", async () => {
    const { trainer, reports } = trainerFor("backprop");
    trainer.recognise(DATA.test.images.subarray(0, 784));
    trainer.train(30);
    await trainer.idle();
    const probs = reports.at(-1)?.probs ?? new Float64Array();
    expect(probs.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
    expect(probs).not.toEqual(reports[0]?.probs);
    trainer.recognise(undefined);
    expect(reports.at(-1)?.probs).toBeUndefined();
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
    // Losses are those before the update: the eleventh update is the first that differs.
    expect(b.slice(0, 11)).toEqual(a.slice(0, 11));
    expect(b.slice(11)).not.toEqual(a.slice(11));
    await Promise.all([steady.trainer.dispose(), changed.trainer.dispose()]);
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

  test("tells once what has ended its training, however often it was asked to train on", async () => {
    const [gone, failures] = [new Error("the page has gone"), [] as unknown[]];
    const report = () => {
      throw gone;
    };
    const failed = (error: unknown) => void failures.push(error);
    const trainer = new Trainer(DATA, "backprop", SETTINGS, { report, failed });
    for (const until of [5, 10, 15]) trainer.train(until);
    await trainer.idle();
    expect(failures).toEqual([gone]);
    await trainer.dispose();
  });

  test("tells why it has ended when parameters would not be finite", async () => {
    const { trainer, reports } = trainerFor("backprop");
    trainer.setLearningRate(Number.POSITIVE_INFINITY, 5);
    trainer.train(50);
    await trainer.idle();
    expect(reports.at(-1)?.steps).toBe(5);
    expect(reports.at(-1)?.divergence).toMatch(/diverged at step 5/);
    expect(reports.at(-1)?.weights?.every(Number.isFinite)).toBe(true);
    await trainer.dispose();
  });
});

/** A port of the page's side, and what was asked through it. */
class FakePort implements Port {
  onmessage: Port["onmessage"] = null;
  onerror: Port["onerror"] = null;
  readonly requests: Request[] = [];

  postMessage(request: Request): void {
    this.requests.push(request);
  }

  say(reply: Reply): void {
    this.onmessage?.({ data: reply } as MessageEvent<Reply>);
  }

  /** Reports that all steps up to `steps` have been made. */
  report(steps: number, more: Partial<Report> = {}, run = 1): void {
    const report = { steps, losses: new Float64Array(), evaluations: [], pace: 1, divergence: undefined };
    this.say({ type: "report", run, report: { ...report, probs: undefined, weights: undefined, ...more } });
  }

  get last(): Request | undefined {
    return this.requests.at(-1);
  }
}

function pairOfFakes() {
  const [a, b] = [new FakePort(), new FakePort()];
  const heard: string[] = [];
  const pair = new Pair([a, b], {
    changed: () => {},
    loading: (file, loaded) => heard.push(`${file} ${loaded}`),
    loaded: () => heard.push("loaded"),
    image: (_, label) => heard.push(`image of ${label}`),
    failed: (message) => heard.push(message),
  });
  return { a, b, pair, heard };
}

describe("both networks", () => {
  test("load one after the other", () => {
    const { a, b, pair, heard } = pairOfFakes();
    pair.load("http://localhost/mnist/");
    expect(a.requests).toEqual([{ type: "load", method: "numerical", baseUrl: "http://localhost/mnist/" }]);
    expect(b.requests).toEqual([]);
    a.say({ type: "loaded" });
    expect(b.requests).toEqual([{ type: "load", method: "backprop", baseUrl: "http://localhost/mnist/" }]);
    expect(heard).toEqual([]);
    b.say({ type: "loaded" });
    expect(heard).toEqual(["loaded"]);
  });

  test("keep in step: the quicker one waits when it is a quarter of a second ahead", () => {
    const { a, b, pair } = pairOfFakes();
    pair.reset(BOOK);
    pair.start();
    expect(pair.isRunning).toBe(true);
    const first = a.last as { type: "train"; until: number };
    expect(b.last).toEqual(first);
    b.report(first.until);
    expect(b.last).toEqual(first);
    a.report(5, { pace: 2 });
    expect(a.last).toEqual({ type: "train", until: first.until + 125 });
    expect(b.last).toEqual(a.last);
    expect(pair.steps).toBe(first.until);
  });

  test("stop after the same step, and after 10,000 by themselves", () => {
    const { a, b, pair } = pairOfFakes();
    pair.reset(BOOK);
    pair.start();
    a.report(100);
    b.report(1);
    b.report(100);
    pair.pause();
    const { until } = a.last as { until: number };
    expect(b.last).toEqual({ type: "train", until });
    a.report(until);
    expect(pair.isRunning).toBe(true);
    b.report(until);
    expect(pair.isRunning).toBe(false);
    expect([a.last, b.last]).toEqual(Array(2).fill({ type: "train", until }));
    pair.start();
    a.report(9_990);
    b.report(9_990);
    expect([a.last, b.last]).toEqual(Array(2).fill({ type: "train", until: 10_000 }));
    a.report(10_000);
    b.report(10_000);
    expect(pair.isRunning).toBe(false);
  });

  test("make a single step", () => {
    const { a, b, pair } = pairOfFakes();
    pair.reset(BOOK);
    pair.step();
    expect([a.last, b.last]).toEqual(Array(2).fill({ type: "train", until: 1 }));
    a.report(1);
    b.report(1);
    expect(pair.isRunning).toBe(false);
  });

  test("take a new learning rate at the same step, which neither has made", () => {
    const { a, b, pair } = pairOfFakes();
    pair.reset(BOOK);
    pair.start();
    const { until } = a.last as { until: number };
    pair.setLearningRate(0.3);
    expect([a.last, b.last]).toEqual(Array(2).fill({ type: "learningRate", learningRate: 0.3, from: until }));
  });

  test("reports of the run before are not taken for the new one's", () => {
    const { a, pair } = pairOfFakes();
    pair.reset(BOOK);
    pair.reset({ ...BOOK, seed: 1 });
    expect(a.last).toEqual({ type: "reset", run: 2, settings: { ...BOOK, seed: 1 } });
    a.report(50, { losses: new Float64Array(50) }, 1);
    expect(pair.numerical.isBusy).toBe(true);
    expect([pair.numerical.steps, pair.numerical.series.length]).toEqual([0, 0]);
    a.report(3, { losses: Float64Array.of(2.3, 2.2, 2.1) }, 2);
    expect(pair.numerical.isBusy).toBe(false);
    expect([pair.numerical.steps, pair.numerical.series.length]).toEqual([3, 3]);
  });

  test("one that has diverged does not hold the other up", () => {
    const { a, b, pair } = pairOfFakes();
    pair.reset(BOOK);
    pair.start();
    a.report(3, { divergence: "diverged at step 3" });
    b.report(200);
    expect(b.last).toEqual({ type: "train", until: 200 + 250 });
    expect([pair.isRunning, pair.canTrain]).toEqual([true, true]);
    b.report(201, { divergence: "diverged at step 201" });
    expect([pair.isRunning, pair.canTrain]).toEqual([false, false]);
  });

  test("failures and files are passed on", () => {
    const { a, b, heard } = pairOfFakes();
    a.say({ type: "loading", file: "t10k-labels-idx1-ubyte", loaded: 5, total: 10 });
    a.say({ type: "image", image: new Uint8Array(784), label: 4 });
    a.say({ type: "failed", message: "no network" });
    b.onerror?.({ message: "" } as ErrorEvent);
    expect(heard).toEqual(["t10k-labels-idx1-ubyte 5", "image of 4", "no network", "a worker could not be started"]);
  });

  test("are compared in two sentences", () => {
    const { a, b, pair } = pairOfFakes();
    pair.reset(BOOK);
    expect(comparison(pair)).toBe("");
    a.report(1, { losses: Float64Array.of(2.3), pace: undefined });
    b.report(1, { losses: Float64Array.of(2.3), pace: undefined });
    expect(comparison(pair)).toBe("Over the first step their losses are the same in every bit.");
    a.report(1000, { losses: new Float64Array(999).fill(2), pace: 1.2 });
    b.report(1000, { losses: new Float64Array(999).fill(2 + 2 ** -20), pace: 0.6 });
    expect(comparison(pair)).toBe(
      "One step by differences takes 2.0 times as long as one by backpropagation. Over 1,000 steps their losses differ by at most 9.5\u00a0×\u00a010⁻⁷.",
    );
  });
});
