import {
  ArgumentError,
  type Checkpoint,
  DisposedError,
  DivergenceError,
  History,
  NumgradError,
  type Optimizer,
  type OptimizerState,
  pixels,
  RandomState,
  SGD,
  type TrainingRun,
  type TrainOptions,
  TwoLayerNet,
  train,
} from "numgrad";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { VERSION } from "../../packages/numgrad/src/version.js";
import { rejectionOf, thrownBy } from "../support/thrown.js";

const [SIZE, WIDTH] = [60, 12];

const images = (seed: number, size: number) => {
  const random = new RandomState(seed);
  return {
    x: pixels([size, WIDTH], Uint8Array.from(random.randint(0, 256, size * WIDTH))),
    t: random.randint(0, 4, size),
  };
};

const data = { train: images(1, SIZE), test: images(2, 25) };

const net = (random: RandomState | number = 0) =>
  new TwoLayerNet({ inputSize: WIDTH, hiddenSize: 5, outputSize: 4, weightInitStd: 0.3, random });

const options = (more: TrainOptions = {}): TrainOptions => ({
  optimizer: new SGD({ learningRate: 0.5 }),
  steps: 30,
  batchSize: 14,
  random: 1,
  ...more,
});

/** A checkpoint after that number of steps. */
async function checkpointAfter(steps: number, more: TrainOptions = {}): Promise<Checkpoint> {
  const run = train(net(), data, options(more));
  if (steps > 0) for await (const { step } of run) if (step === steps - 1) break;
  return run.checkpoint();
}

/** The parts of a checkpoint that are the same whenever the same steps are made. */
const withoutTimes = ({ history: { losses, evaluations }, ...rest }: Checkpoint) => ({ ...rest, losses, evaluations });

/** A deep copy, which is not connected to the run. */
const deepCopy = (checkpoint: Checkpoint): Checkpoint => structuredClone(checkpoint);

interface End {
  params: ReturnType<TwoLayerNet["params"]["toArrays"]>;
  history: History;
  next: number;
}

/**
 * A run with one generator for weights and batches, as in the book's script. `next` is the number that it draws after
 * the run.
 */
async function ofOneGenerator(more: TrainOptions, seed: number): Promise<{ end: End; random: RandomState }> {
  const random = new RandomState(seed);
  const network = net(random);
  const history = await train(network, data, options({ ...more, random })).finish();
  return { end: { params: network.params.toArrays(), history, next: random.random() }, random };
}

describe("a run that is stopped and resumed ends with the same bits as one that is not", () => {
  // Of the 48 combinations 20 are tested. Each run is stopped twice, at steps that the generator draws.
  const draws = new RandomState(20);
  const combinations = (["replacement", "shuffle"] as const).flatMap((sampling) =>
    (["numerical", "backprop"] as const).flatMap((gradient) =>
      (["after", "before", false] as const).flatMap((recordLoss) =>
        ([undefined, 1, 7, false] as const).map((evaluateEvery) => ({ sampling, gradient, recordLoss, evaluateEvery })),
      ),
    ),
  );
  const cases = draws.choice(combinations, 20, { replace: false }).map((combination) => {
    const [a, b] = [draws.randint(0, 31), draws.randint(0, 31)];
    return { ...combination, stops: [Math.min(a, b), Math.max(a, b)] as const };
  });

  test.each(cases)("%j", async ({ stops, ...more }) => {
    const { end } = await ofOneGenerator(more, 5);
    let resume: Checkpoint | undefined;
    for (const stop of stops) {
      const random = new RandomState(5);
      const run = train(net(random), data, options({ ...more, random, resume }));
      const steps: number[] = [];
      if (stop > (resume?.step ?? 0)) {
        for await (const { step } of run) {
          steps.push(step);
          if (step === stop - 1) break;
        }
        expect(steps).toEqual(Array.from({ length: stop - (resume?.step ?? 0) }, (_, i) => i + (resume?.step ?? 0)));
      }
      resume = deepCopy(run.checkpoint());
      expect(resume.step).toBe(Math.max(stop, 0));
    }
    const random = new RandomState(5);
    const network = net(random);
    const history = await train(network, data, options({ ...more, random, resume })).finish();
    expect({ params: network.params.toArrays(), history, next: random.random() }).toEqual(end);
  });

  test.each([
    [9, 3],
    [29, 29],
  ])("also if the signal comes during the evaluation of step %d, which is made first", async (last, evaluateEvery) => {
    const { end } = await ofOneGenerator({ evaluateEvery }, 5);
    const random = new RandomState(5);
    let run: TrainingRun | undefined;
    // The signal is raised as soon as the loss of the step is recorded, which is before its accuracies are.
    const signal = {
      get aborted() {
        return (run?.history.losses.length ?? 0) > last;
      },
    } as AbortSignal;
    run = train(net(random), data, options({ evaluateEvery, random, signal }));
    const stopped = await run.finish();
    expect(stopped).toMatchObject({ status: "aborted", stoppedAt: last + 1 });
    expect(stopped.evaluations).toHaveLength(last / evaluateEvery);
    const again = new RandomState(5);
    const other = net(again);
    const resumed = train(other, data, options({ evaluateEvery, random: again, resume: run.checkpoint() }));
    const reports = [];
    for await (const report of resumed) reports.push(report);
    expect(reports[0]).toMatchObject({ step: last, loss: end.history.losses[last], evaluation: expect.anything() });
    expect(reports.map(({ step }) => step)).toEqual(Array.from({ length: 30 - last }, (_, i) => last + i));
    expect({ params: other.params.toArrays(), history: resumed.history, next: again.random() }).toEqual(end);
  });

  test("without a generator: the batches come from the platform's entropy", async () => {
    const whole = train(net(), data, options({ random: undefined }));
    let resume: Checkpoint | undefined;
    for await (const { step } of whole) if (step === 11) resume = deepCopy(whole.checkpoint());
    const [a, b] = [net(7), net(8)];
    for (const network of [a, b]) {
      const history = await train(network, data, options({ random: undefined, resume })).finish();
      expect(history).toEqual(whole.history);
    }
    expect(a.params.toArrays()).toEqual(b.params.toArrays());
  });

  test("with soft targets and matrices", async () => {
    const t = { shape: [2, 2], data: Float64Array.of(0.5, 0.5, 1, 0) } as const;
    const samples = { train: { x: { shape: [2, 1], data: Float64Array.of(1, 2) } as const, t } };
    const network = () => new TwoLayerNet({ inputSize: 1, hiddenSize: 2, outputSize: 2, random: 0 });
    const more = { steps: 8, batchSize: 2, random: 3 };
    const whole = await train(network(), samples, more).finish();
    const run = train(network(), samples, more);
    for await (const { step } of run) if (step === 4) break;
    expect(await train(network(), samples, { ...more, resume: run.checkpoint() }).finish()).toEqual(whole);
  });
});

describe("a checkpoint", () => {
  test("holds the state of the run, and is not connected to it", async () => {
    const network = net();
    const run = train(network, data, options({ sampling: "shuffle" }));
    let taken: Checkpoint | undefined;
    for await (const { step } of run) if (step === 6) taken = run.checkpoint();
    expect(taken).toMatchObject({
      version: VERSION,
      step: 7,
      layers: { inputSize: WIDTH, hiddenSize: 5, outputSize: 4 },
      options: { gradient: "numerical", steps: 30, batchSize: 14, sampling: "shuffle", evaluateEvery: 4, h: 1e-4 },
      optimizer: { learningRate: 0.5 },
      history: { losses: run.history.losses.slice(0, 7), evaluations: run.history.evaluations.slice(0, 2) },
    });
    expect(taken?.order?.sort()).toEqual(Int32Array.from({ length: SIZE }, (_, i) => i));
    expect(taken?.params.w1).not.toEqual(network.params.w1);
    expect(run.checkpoint().order).toBeUndefined();
  });

  test("can be taken of a run that has not begun, and of one that has ended", async () => {
    const begun = train(net(), data, options()).checkpoint();
    expect(begun).toMatchObject({ step: 0, history: { losses: [], evaluations: [] } });
    const ended = await checkpointAfter(30);
    const network = net(9);
    const run = train(network, data, options({ resume: ended }));
    expect(network.params.toArrays()).toEqual(ended.params);
    const history = await run.finish();
    const { losses, evaluations, times } = ended.history;
    expect(history).toEqual({ losses, evaluations, status: "finished" });
    expect(history.times).toEqual(times);
    expect(withoutTimes(run.checkpoint())).toEqual(withoutTimes(ended));
  });

  test("sets network, generator and record to its state at once", async () => {
    const resume = await checkpointAfter(9);
    const [network, random] = [net(9), new RandomState(1)];
    const run = train(network, data, options({ random, resume }));
    expect(network.params.toArrays()).toEqual(resume.params);
    expect(random.getState()).toEqual(resume.random);
    const { losses, evaluations, times, elapsed } = resume.history;
    expect(run.history).toEqual({ losses, evaluations, status: "running" });
    expect([run.history.times, run.history.elapsed]).toEqual([times, elapsed]);
    await run[Symbol.asyncIterator]().return?.();
    expect(await run.finish()).toMatchObject({ status: "aborted", stoppedAt: 9 });
  });

  test("has the times too: a resumed run goes on counting, without the time in between", async () => {
    let now = 1000;
    const clock = vi.spyOn(performance, "now").mockImplementation(() => now);
    onTestFinished(() => clock.mockRestore());
    const optimizer = {
      update: () => {
        now += 3;
      },
      getState: () => ({}),
      setState: () => {},
    };
    const more = { optimizer, steps: 6, evaluateEvery: 2 };
    const run = train(net(), data, options(more));
    for await (const { step } of run) if (step === 2) break;
    expect(run.checkpoint().history).toMatchObject({ times: [3, 9], elapsed: 9 });
    now += 100_000;
    const resumed = train(net(), data, options({ ...more, resume: run.checkpoint() }));
    expect(resumed.history.elapsed).toBe(9);
    const history = await resumed.finish();
    expect([history.times, history.elapsed]).toEqual([[3, 9, 15], 18]);
    expect(History.fromJSON(JSON.parse(JSON.stringify(history))).times).toEqual([3, 9, 15]);
  });

  test("of a finished run can be resumed for more steps, as if the run had been that long", async () => {
    const more = { sampling: "shuffle", evaluateEvery: 4 } as const;
    const ended = await checkpointAfter(30, more);
    const resume = { ...ended, options: { ...ended.options, steps: 50 } };
    const whole = await train(net(), data, options({ ...more, steps: 50 })).finish();
    expect(await train(net(), data, options({ ...more, steps: 50, resume })).finish()).toEqual(whole);
  });

  test("can be used several times", async () => {
    const resume = await checkpointAfter(9, { sampling: "shuffle" });
    const first = await train(net(), data, options({ sampling: "shuffle", resume })).finish();
    expect(await train(net(), data, options({ sampling: "shuffle", resume })).finish()).toEqual(first);
  });

  test("cannot be taken in the middle of a step, nor after an error in a step", async () => {
    const optimizer = { update: () => void run.checkpoint(), getState: () => ({}), setState: () => {} };
    const run = train(net(), data, options({ optimizer }));
    expect((await rejectionOf(NumgradError, run.finish())).message).toMatch(/in the middle of a step/);
    expect(thrownBy(NumgradError, () => run.checkpoint()).message).toMatch(/an error ended it/);

    const update = (params: { b1: Float64Array }) => void params.b1.fill(Number.NaN);
    const diverging = train(net(), data, options({ optimizer: { ...optimizer, update } }));
    await rejectionOf(DivergenceError, diverging.finish());
    expect(thrownBy(NumgradError, () => diverging.checkpoint()).message).toMatch(/an error ended it/);

    const network = net();
    const disposed = train(network, data, options());
    network.dispose();
    thrownBy(DisposedError, () => disposed.checkpoint());
    const resume = train(net(), data, options()).checkpoint();
    thrownBy(DisposedError, () => train(network, data, options({ resume })));
  });
});

describe("an optimizer other than SGD", () => {
  /** An optimizer with momentum. A checkpoint has to keep its velocity. */
  class Momentum implements Optimizer {
    velocity = new Float64Array(0);
    calls = 0;
    update(params: { w1: Float64Array }, grads: { w1: Float64Array }): void {
      if (this.velocity.length === 0) this.velocity = new Float64Array(params.w1.length);
      this.calls++;
      for (const [i, gradient] of grads.w1.entries()) {
        this.velocity[i] = 0.9 * this.velocity[i]! - 0.1 * gradient;
        params.w1[i]! += this.velocity[i]!;
      }
    }
    getState(): OptimizerState {
      return { velocity: this.velocity, calls: this.calls, kind: "momentum" };
    }
    setState({ velocity, calls, kind }: OptimizerState): void {
      if (kind !== "momentum") throw new Error("not mine");
      this.velocity = (velocity as Float64Array).slice();
      this.calls = calls as number;
    }
  }

  test("goes on from the state that its getState returned", async () => {
    const whole = await train(net(), data, options({ optimizer: new Momentum() })).finish();
    const resume = await checkpointAfter(13, { optimizer: new Momentum() });
    const optimizer = new Momentum();
    expect(await train(net(), data, options({ optimizer, resume })).finish()).toEqual(whole);
    expect(optimizer.calls).toBe(30);
  });

  test("without getState and setState has no checkpoints, and the error says why", async () => {
    const optimizer = { update: () => {} };
    const run = train(net(), data, options({ optimizer }));
    const error = thrownBy(ArgumentError, () => run.checkpoint());
    expect(error.argument).toBe("options.optimizer");
    expect(error.message).toMatch(/getState\(\) and setState\(state\): a checkpoint cannot know the state of another/);
    class Mine extends SGD {
      override update(): void {}
    }
    thrownBy(ArgumentError, () => train(net(), data, options({ optimizer: new Mine() })).checkpoint());
  });

  test("is refused if its state holds a value that a checkpoint cannot keep", () => {
    const optimizer = { update: () => {}, getState: () => ({ a: [1] }) as never, setState: () => {} };
    const error = thrownBy(ArgumentError, () => train(net(), data, options({ optimizer })).checkpoint());
    expect(error.argument).toBe("options.optimizer.getState().a");
  });

  test("that refuses the state leaves the network unchanged", async () => {
    const resume = await checkpointAfter(3, { optimizer: new Momentum() });
    const broken = { ...resume, optimizer: { state: { kind: "adam" } } };
    const network = net(9);
    const before = network.params.toArrays();
    const resumed = () => train(network, data, options({ optimizer: new Momentum(), resume: broken }));
    expect(resumed).toThrow("not mine");
    expect(network.params.toArrays()).toEqual(before);
  });

  test("does not go on from a checkpoint with SGD, nor SGD from a checkpoint with the other", async () => {
    const resume = await checkpointAfter(3);
    const error = thrownBy(ArgumentError, () => train(net(), data, options({ optimizer: new Momentum(), resume })));
    expect(error.message).toMatch(/options\.optimizer: expected SGD with learningRate 0\.5, .*, got a Momentum/);
    const other = await checkpointAfter(3, { optimizer: new Momentum() });
    thrownBy(ArgumentError, () => train(net(), data, options({ resume: other })));
  });

  test("must be given again, because a checkpoint has only its state", async () => {
    const resume = await checkpointAfter(3, { optimizer: new Momentum() });
    const error = thrownBy(ArgumentError, () => train(net(), data, { resume }));
    expect(error.message).toBe("options.optimizer: expected the one of options.resume, which is not SGD, got none");
  });
});

describe("options that are left out are those of the checkpoint", () => {
  const unusual: TrainOptions = {
    gradient: "backprop",
    sampling: "shuffle",
    recordLoss: "before",
    evaluateEvery: 5,
    h: 1e-3,
  };

  test.each(["batchSize", "steps", "optimizer", "random", ...Object.keys(unusual)])("%s", async (left) => {
    const whole = await train(net(), data, options(unusual)).finish();
    const resume = await checkpointAfter(7, unusual);
    const given = Object.entries(options(unusual)).filter(([name]) => name !== left);
    const network = net(9);
    expect(await train(network, data, { ...Object.fromEntries(given), resume }).finish()).toEqual(whole);
  });

  test("all of them", async () => {
    const [whole, resume] = [await train(net(), data, options(unusual)).finish(), await checkpointAfter(7, unusual)];
    const run = train(net(9), data, { resume });
    expect(run.steps).toBe(30);
    expect(await run.finish()).toEqual(whole);
  });

  test.each([
    ["steps", { steps: 45 }, 45],
    ["epochs", { epochs: 9 }, 36],
  ])("and the run may be made longer by %s, also after its end", async (_, longer, steps) => {
    const whole = await train(net(), data, options({ steps })).finish();
    for (const stop of [7, 30]) {
      const resume = await checkpointAfter(stop);
      const run = train(net(9), data, { ...longer, resume });
      expect(run.steps).toBe(steps);
      expect(await run.finish()).toEqual(whole);
      expect(run.checkpoint().options.steps).toBe(steps);
    }
  });

  test("or shorter, down to the steps that are made", async () => {
    const resume = await checkpointAfter(7);
    const whole = await train(net(), data, options({ steps: 9 })).finish();
    expect(await train(net(9), data, { steps: 9, resume }).finish()).toEqual(whole);
    expect((await train(net(9), data, { steps: 7, resume }).finish()).status).toBe("finished");
  });
});

describe("a checkpoint of another run is refused before anything changes, and the error names the difference:", () => {
  const differences: [message: string, more: TrainOptions][] = [
    ["options.gradient: expected \"numerical\", as in options.resume, got \"backprop\"", { gradient: "backprop" }],
    ["options.steps: expected at least 6, the steps that options.resume has made, got 5", { steps: 5 }],
    ["options.batchSize: expected 14, as in options.resume, got 15", { batchSize: 15, evaluateEvery: 4 }],
    // If one option follows from another, the error names the other one.
    ["options.batchSize: expected 14, as in options.resume, got 10", { batchSize: 10, steps: undefined, epochs: 8 }],
    ["options.sampling: expected \"replacement\", as in options.resume, got \"shuffle\"", { sampling: "shuffle", steps: undefined, epochs: 7 }],
    ["options.sampling: expected \"replacement\", as in options.resume, got \"shuffle\"", { sampling: "shuffle" }],
    ["options.recordLoss: expected \"after\", as in options.resume, got false", { recordLoss: false }],
    ["options.evaluateEvery: expected 4, as in options.resume, got false", { evaluateEvery: false }],
    ["options.h: expected 0.0001, as in options.resume, got 0.001", { h: 1e-3 }],
    ["options.optimizer.learningRate: expected 0.5, as in options.resume, got 0.1", { optimizer: new SGD({ learningRate: 0.1 }) }],
  ]; // biome-ignore format: a table

  test.each(differences)("%s", async (message, more) => {
    const resume = await checkpointAfter(6);
    const network = net(9);
    const before = network.params.toArrays();
    expect(thrownBy(ArgumentError, () => train(network, data, options({ ...more, resume }))).message).toBe(message);
    expect(network.params.toArrays()).toEqual(before);
  });

  test("another seed, or a generator in another state", async () => {
    const resume = await checkpointAfter(6);
    const moved = new RandomState(1);
    moved.random();
    for (const random of [2, moved]) {
      const error = thrownBy(ArgumentError, () => train(net(), data, options({ random, resume })));
      expect(error.message).toMatch(/^options\.random: expected a generator where the run of options\.resume began/);
    }
    const state = moved.getState();
    expect(() => train(net(), data, options({ random: moved, resume }))).toThrow(ArgumentError);
    expect(moved.getState()).toEqual(state);
    train(net(), data, options({ random: RandomState.fromState(resume.random), resume }));
  });

  test("another network", async () => {
    const resume = await checkpointAfter(6);
    const wider = new TwoLayerNet({ inputSize: WIDTH, hiddenSize: 6, outputSize: 4 });
    expect(thrownBy(ArgumentError, () => train(wider, data, options({ resume }))).message).toBe(
      "net.hiddenSize: expected 5, as in options.resume, got 6",
    );
  });

  test("other data", async () => {
    const resume = await checkpointAfter(6);
    const other = images(3, SIZE);
    const message = (mine: Parameters<typeof train>[1]) =>
      thrownBy(ArgumentError, () => train(net(), mine, options({ resume }))).message;
    expect(message({ ...data, train: other })).toMatch(
      /^data\.train: expected data with the fingerprint [0-9a-f]{32},/,
    );
    expect(message({ ...data, train: { ...data.train, t: other.t } })).toMatch(/^data\.train/);
    expect(message({ ...data, test: images(4, 25) })).toMatch(/^data\.test/);
    expect(message({ train: data.train })).toMatch(/^data\.test: expected data .*, got none$/);
    const alone = train(net(), { train: data.train }, options()).checkpoint();
    expect(() => train(net(), data, options({ resume: alone }))).toThrow("data.test: expected none, as in");
    // The same labels in a plain array are the same data.
    train(net(), { ...data, train: { ...data.train, t: Array.from(data.train.t) } }, options({ resume }));
  });

  const wrong: [argument: string, change: (checkpoint: Checkpoint) => unknown][] = [
    ["options.resume", () => null],
    ["options.resume", () => [1]],
    ["options.resume.extra", (c) => ({ ...c, extra: 1 })],
    ["options.resume.version", (c) => ({ ...c, version: 1 })],
    ["options.resume.step", (c) => ({ ...c, step: 31 })],
    ["options.resume.step", (c) => ({ ...c, step: 1.5 })],
    ["options.resume.layers", (c) => ({ ...c, layers: undefined })],
    ["options.resume.layers.hiddenSize", (c) => ({ ...c, layers: { ...c.layers, hiddenSize: -1 } })],
    ["options.resume.params.w1", (c) => ({ ...c, params: { ...c.params, w1: [1] } })],
    ["options.resume.params.w1", (c) => ({ ...c, params: { ...c.params, w1: new Float64Array(3) } })],
    ["options.resume.params.b1[2]", (c) => ({ ...c, params: { ...c.params, b1: c.params.b1.map((b, i) => (i === 2 ? Number.NaN : b)) } })],
    ["options.resume.options", (c) => ({ ...c, options: undefined })],
    ["options.resume.options.gradient", (c) => ({ ...c, options: { ...c.options, gradient: "x" } })],
    ["options.resume.optimizer", (c) => ({ ...c, optimizer: null })],
    ["options.resume.optimizer.learningRate", (c) => ({ ...c, optimizer: { learningRate: "0.5" } })],
    ["options.resume.optimizer.state", (c) => ({ ...c, optimizer: { state: 5 } })],
    ["options.resume.random.key", (c) => ({ ...c, random: { ...c.random, key: [1] } })],
    ["options.resume.randomStart", (c) => ({ ...c, randomStart: "abc" })],
    ["options.resume.data.train", (c) => ({ ...c, data: {} })],
    ["options.resume.order", (c) => ({ ...c, order: new Int32Array(3).map((_, i) => i) })],
    ["options.resume.order[1]", (c) => ({ ...c, order: new Int32Array(3) })],
    ["options.resume.order[0]", (c) => ({ ...c, order: Int32Array.of(-1, 0) })],
    ["options.resume.history", (c) => ({ ...c, history: undefined })],
    ["options.resume.history.losses", (c) => ({ ...c, history: { ...c.history, losses: [] } })],
    ["options.resume.history.losses", (c) => ({ ...c, history: { ...c.history, losses: 5 } })],
    ["options.resume.history.elapsed", (c) => ({ ...c, history: { ...c.history, elapsed: Number.NaN } })],
    ["options.resume.history.elapsed", (c) => ({ ...c, history: { ...c.history, elapsed: -1 } })],
    ["options.resume.history.times", (c) => ({ ...c, history: { ...c.history, times: undefined } })],
    ["options.resume.history.times", (c) => ({ ...c, history: { ...c.history, times: [0] } })],
    ["options.resume.history.times[1]", (c) => ({ ...c, history: { ...c.history, times: [0, Number.NaN] } })],
    ["options.resume.history.times[0]", (c) => ({ ...c, history: { ...c.history, times: [-1, 0] } })],
    ["options.resume.history.times[1]", (c) => ({ ...c, history: { ...c.history, times: [2e-9, 1e-9] } })],
    ["options.resume.history.times[1]", (c) => ({ ...c, history: { ...c.history, times: [0, c.history.elapsed + 1] } })],
    ["options.resume.notes", (c) => ({ ...c, notes: "seed" })],
    ["options.resume.notes.seed", (c) => ({ ...c, notes: { seed: 1 } })],
    ["options.resume.history.losses[0]", (c) => ({ ...c, history: { ...c.history, losses: c.history.losses.map(() => Number.NaN) } })],
    ["options.resume.history.evaluations", (c) => ({ ...c, history: { ...c.history, evaluations: [], times: [] } })],
    ["options.resume.history.evaluations[1].step", (c) => ({ ...c, history: { ...c.history, evaluations: c.history.evaluations.map((e) => ({ ...e, step: 0 })) } })],
    ["options.resume.history.evaluations[0].testAccuracy", (c) => ({ ...c, history: { ...c.history, evaluations: c.history.evaluations.map((e) => ({ ...e, testAccuracy: 2 })) } })],
    ["options.resume.history.evaluations[0].testAccuracy", (c) => ({ ...c, history: { ...c.history, evaluations: c.history.evaluations.map(({ testAccuracy, ...e }) => e) } })],
    ["options.resume.history.evaluations[0].testAccuracy", (c) => ({ ...c, data: { train: c.data.train } })],
  ]; // biome-ignore format: a table

  test.each(wrong)("a checkpoint with a wrong %s", async (argument, change) => {
    const resume = change(await checkpointAfter(6)) as Checkpoint;
    const network = net(9);
    const before = network.params.toArrays();
    const error = thrownBy(ArgumentError, () => train(network, data, options({ resume })));
    expect(error.argument).toBe(argument);
    expect(network.params.toArrays()).toEqual(before);
  });
});
