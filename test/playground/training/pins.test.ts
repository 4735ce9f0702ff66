import { describe, expect, test } from "vitest";
import { en } from "../../../packages/playground/src/strings/en.js";
import { BOOK } from "../../../packages/playground/src/training/controls.js";
import { nameOf } from "../../../packages/playground/src/training/pin-names.js";
import { type PinStorage, Pins, type Source } from "../../../packages/playground/src/training/pins.js";
import { Run } from "../../../packages/playground/src/training/run.js";
import { LossSeries, thinned } from "../../../packages/playground/src/training/series.js";

/** A network in training, and a way to let it make a step with a loss. */
function network(method: Source["method"] = "numerical") {
  const source = { method, steps: 0, series: new LossSeries(), samples: [], divergence: undefined };
  const step = (loss: number) => {
    source.series.add([loss]);
    source.steps++;
  };
  return { source, step };
}

/** A storage in memory. */
function memory(): PinStorage {
  const kept = new Map<string, string>();
  return { getItem: (key) => kept.get(key) ?? null, setItem: (key, text) => void kept.set(key, text) };
}

describe("pinned runs", () => {
  test("grow with the run that goes on, and stay as they are when it ends", () => {
    const pins = new Pins();
    const { source, step } = network();
    const run = new Run(BOOK, false);
    step(2);
    pins.add(run, source);
    step(1);
    expect(pins.all[0]?.curves).toMatchObject({ steps: 2, losses: [[0, 1.5], [1, 1.5]] }); // biome-ignore format: two points
    pins.endRun();
    step(9);
    expect(pins.all[0]?.curves.steps).toBe(2);
    expect(pins.has(run, "numerical")).toBe(false);
  });

  test("are at most four, each once, and an unpinned one gives its dash back", () => {
    const pins = new Pins();
    const { source } = network();
    const runs = [1, 2, 3, 4, 5].map((seed) => new Run({ ...BOOK, seed }, false));
    for (const run of runs) pins.add(run, source);
    pins.add(runs[0]!, source);
    expect(pins.all.map(({ traits }) => traits.seed)).toEqual([1, 2, 3, 4]);
    expect(pins.isFull).toBe(true);
    pins.remove(1);
    pins.add(runs[4]!, source);
    expect(pins.all.map(({ slot, traits }) => [slot, traits.seed])).toEqual([
      [0, 1],
      [1, 5],
      [2, 3],
      [3, 4],
    ]);
  });

  test("survive a reload, and nothing comes back from a storage with something else", () => {
    const storage = memory();
    const { source, step } = network("backprop");
    step(2);
    new Pins(storage).add(new Run(BOOK, false), source);
    const [pin] = new Pins(storage).all;
    expect(pin).toMatchObject({ slot: 0, traits: { method: "backprop", rates: [0.1] }, curves: { losses: [[0, 2]] } });
    for (const text of [
      "{",
      "7",
      "[{}]",
      "[null]",
      JSON.stringify([pin, pin]),
      JSON.stringify([{ ...pin, slot: 9 }]),
    ]) {
      expect(new Pins({ ...storage, getItem: () => text }).all).toEqual([]);
    }
    const forbidden = () => {
      throw new Error("forbidden");
    };
    const pins = new Pins({ getItem: forbidden, setItem: forbidden });
    pins.add(new Run(BOOK, false), source);
    expect(pins.all).toHaveLength(1);
  });

  test("have names that say in what they differ", () => {
    const traits = (settings: Partial<typeof BOOK>, method: Source["method"] = "numerical") =>
      new Run({ ...BOOK, ...settings }, false).traitsOf(method, 0);
    const [slow, quick, small] = [traits({}), traits({ learningRate: 1 }), traits({ hiddenSize: 1, seed: 3 })];
    expect(nameOf(quick, [slow, quick], en)).toBe("learning rate 1");
    expect(nameOf(small, [slow], en)).toBe("learning rate 0.1 · 1 hidden unit · seed 3");
    expect(nameOf(traits({}, "backprop"), [slow], en)).toBe("learning rate 0.1 · Backpropagation");
    expect(nameOf(traits({ h: 1e-3 }), [slow], en)).toBe("learning rate 0.1 · h = 0.001");
  });

  test("name all their learning rates, but none that no step was made with", () => {
    const run = new Run(BOOK, false);
    const name = (steps: number) => nameOf(run.traitsOf("numerical", steps), [], en);
    run.changeRate(0.5, 0);
    expect(name(0)).toBe("learning rate 0.5");
    for (const rate of [0.7, 1]) run.changeRate(rate, 200);
    expect(name(200)).toBe("learning rate 0.5");
    expect(name(201)).toBe("learning rate 0.5 → 1");
    run.changeRate(0.5, 300);
    expect(name(301)).toBe("learning rate 0.5 → … → 0.5");
    for (let i = 0; i < 50; i++) run.changeRate(i, 400 + i);
    expect(run.traitsOf("numerical", 1000).rates).toHaveLength(3);
  });
});

test("a list that is too long is thinned, and keeps its end", () => {
  let list: number[] = [];
  for (let i = 0; i < 20_000; i++) list = thinned([...list, i]);
  expect(list.length).toBeLessThanOrEqual(401);
  expect([list[0], list.at(-1)]).toEqual([0, 19_999]);
});
