import { describe, expect, test } from "vitest";
import { BOOK } from "../../../packages/playground/src/training/controls.js";
import { pairOfFakes } from "./fake-pair.js";

describe("both networks", () => {
  test("load the first images, then all: one network after the other", () => {
    const { a, b, pair, heard } = pairOfFakes();
    const baseUrl = "http://localhost/mnist/";
    pair.load(baseUrl);
    expect(a.requests).toEqual([{ type: "load", method: "numerical", baseUrl, part: "first" }]);
    expect(b.requests).toEqual([{ type: "load", method: "backprop", baseUrl, part: "first" }]);
    b.say({ type: "loaded", part: "first" });
    expect(heard).toEqual([]);
    a.say({ type: "loaded", part: "first" });
    expect(heard).toEqual(["loaded first"]);
    expect(a.last).toEqual({ type: "load", method: "numerical", baseUrl, part: "all" });
    expect(b.requests).toHaveLength(1);
    a.say({ type: "loaded", part: "all" });
    expect(b.last).toEqual({ type: "load", method: "backprop", baseUrl, part: "all" });
    b.say({ type: "loaded", part: "all" });
    expect(heard).toEqual(["loaded first", "loaded all"]);
  });

  test("have the first images in a run that begins before all are there, and all in the next", () => {
    const { a, b, pair } = pairOfFakes();
    pair.load("http://localhost/mnist/");
    for (const port of [a, b]) port.say({ type: "loaded", part: "first" });
    pair.reset(BOOK);
    a.say({ type: "loaded", part: "all" });
    expect([pair.available, a.requests[2]]).toMatchObject(["first", { type: "reset", part: "first" }]);
    b.say({ type: "loaded", part: "all" });
    expect([pair.available, pair.numerical.part]).toEqual(["all", "first"]);
    pair.reset(BOOK);
    for (const port of [a, b]) expect(port.last).toMatchObject({ type: "reset", part: "all" });
  });

  test("have all images at once if the page holds them", () => {
    const { a, b, pair, heard } = pairOfFakes();
    const files = { "t10k-labels-idx1-ubyte": new Uint8Array() };
    pair.load("file:///", files);
    expect(a.requests).toEqual([{ type: "load", method: "numerical", baseUrl: "file:///", part: "all", files }]);
    a.say({ type: "loaded", part: "all" });
    expect(b.requests).toEqual([{ type: "load", method: "backprop", baseUrl: "file:///", part: "all", files }]);
    b.say({ type: "loaded", part: "all" });
    expect(heard).toEqual(["loaded all"]);
  });

  test("keep in step: the quicker one waits when it is 50 ms ahead", () => {
    const { a, b, pair } = pairOfFakes();
    pair.reset(BOOK);
    pair.start();
    expect(pair.isRunning).toBe(true);
    const first = a.last as { until: number };
    expect(b.last).toEqual(first);
    b.report(first.until);
    expect(b.last).toEqual(first);
    a.report(5, { pace: 1, turn: 2 });
    expect(a.last).toEqual({ type: "train", until: first.until + 25, isEnd: false });
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
    expect(b.last).toEqual({ type: "train", until, isEnd: true });
    a.report(until);
    expect(pair.isRunning).toBe(true);
    b.report(until);
    expect(pair.isRunning).toBe(false);
    expect([a.last, b.last]).toEqual(Array(2).fill({ type: "train", until, isEnd: true }));
    pair.start();
    a.report(9_990);
    b.report(9_990);
    expect([a.last, b.last]).toEqual(Array(2).fill({ type: "train", until: 10_000, isEnd: true }));
    a.report(10_000);
    b.report(10_000);
    expect(pair.isRunning).toBe(false);
  });

  test("are shown together only with answers about the same image", () => {
    const { a, b, pair } = pairOfFakes();
    pair.reset(BOOK);
    const image = new Uint8Array(784);
    const answer = (number: number, steps: number) => ({ answers: [{ number, steps, probs: new Float64Array(10) }] });
    pair.recognise(image, false);
    expect(a.last).toEqual({ type: "recognise", number: 1, image });
    a.report(0, answer(1, 0));
    expect(pair.answer).toBeUndefined();
    b.report(0, answer(1, 0));
    expect(pair.answer).toBeDefined();
    pair.recognise(image, false);
    expect(pair.answer).toBeUndefined();
    // While they train, an answer about the image before may come from both.
    a.report(1, answer(1, 1));
    b.report(1, answer(1, 1));
    a.report(2, answer(2, 2));
    expect(pair.answer).toBeUndefined();
    // A network that has made more steps may say something else for that reason.
    b.report(3, answer(2, 3));
    expect(pair.answer).toBeUndefined();
    a.report(3, answer(2, 3));
    const second = pair.answer;
    expect(second).toBeDefined();
    // The next point of the same drawing keeps the answer until there is a newer one.
    pair.recognise(image, true);
    expect(pair.answer).toBe(second);
    pair.recognise(undefined, true);
    expect(pair.answer).toBeUndefined();
  });

  test("make as many single steps as were asked for, however quickly", () => {
    const { a, b, pair } = pairOfFakes();
    pair.reset(BOOK);
    for (let i = 0; i < 10; i++) pair.step();
    for (const step of Array(10).keys()) {
      a.report(step + 1);
      b.report(step + 1);
    }
    expect([a.last, b.last]).toEqual(Array(2).fill({ type: "train", until: 10, isEnd: true }));
    expect(pair.isRunning).toBe(false);
  });

  test("make a single step", () => {
    const { a, b, pair } = pairOfFakes();
    pair.reset(BOOK);
    pair.step();
    expect([a.last, b.last]).toEqual(Array(2).fill({ type: "train", until: 1, isEnd: true }));
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

  test("reports of the run before are ignored", () => {
    const { a, pair } = pairOfFakes();
    pair.reset(BOOK);
    pair.reset({ ...BOOK, seed: 1 });
    expect(a.last).toEqual({ type: "reset", run: 2, settings: { ...BOOK, seed: 1 }, part: "all" });
    a.report(50, { losses: new Float64Array(50) }, 1);
    expect(pair.numerical.isBusy).toBe(true);
    expect([pair.numerical.steps, pair.numerical.series.length]).toEqual([0, 0]);
    a.report(3, { losses: Float64Array.of(2.3, 2.2, 2.1) }, 2);
    expect(pair.numerical.isBusy).toBe(false);
    expect([pair.numerical.steps, pair.numerical.series.length]).toEqual([3, 3]);
  });

  test("a network that has diverged does not hold up the other", () => {
    const { a, b, pair } = pairOfFakes();
    pair.reset(BOOK);
    pair.start();
    a.report(3, { divergence: "diverged at step 3" });
    b.report(200);
    expect(b.last).toEqual({ type: "train", until: 200 + 50, isEnd: false });
    expect([pair.isRunning, pair.canTrain]).toEqual([true, true]);
    b.report(201, { divergence: "diverged at step 201" });
    expect([pair.isRunning, pair.canTrain]).toEqual([false, false]);
  });

  test("failures and files are passed on", () => {
    const { a, b, heard } = pairOfFakes();
    a.say({ type: "loading", file: "t10k-labels-idx1-ubyte", loaded: 5, total: 10 });
    a.say({ type: "image", found: { image: new Uint8Array(784), label: 4 } });
    a.say({ type: "image" });
    a.say({ type: "failed", failure: { message: "no network" } });
    b.onerror?.({ message: "" } as ErrorEvent);
    expect(heard).toEqual(["t10k-labels-idx1-ubyte 5", "image of 4", "image of undefined", "no network", ""]);
  });
});
