// Everything that a user can pass, from another realm: a context of node:vm, as test runners with jsdom use it.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import vm from "node:vm";
import * as numgrad from "numgrad";
import {
  encodeNpy,
  encodeNpz,
  encodeSafetensors,
  loadParams,
  parseNpy,
  parseNpz,
  parseSafetensors,
  saveParams,
} from "numgrad/files";
import { describe, expect, test } from "vitest";

const { TwoLayerNet, Dataset, RandomState, SGD, numericalGradient, numericalGradientAsync, train } = numgrad;

/** What a program evaluates to in another realm. */
const other = <T>(code: string): T => vm.runInNewContext(code, { URL, AbortController }) as T;
const floats = (...values: number[]) => other<Float64Array>(`Float64Array.of(${values})`);
const bytes = (...values: number[]) => other<Uint8Array>(`Uint8Array.of(${values})`);
const toOther = (values: Uint8Array) => bytes(...values);
const squares = (x: ArrayLike<number>) => Array.from(x).reduce((sum, value) => sum + value ** 2, 0);
const net = () => new TwoLayerNet({ inputSize: 2, hiddenSize: 3, outputSize: 2, random: 0 });

test("the objects of this test are of another realm", () => {
  expect(floats(1)).not.toBeInstanceOf(Float64Array);
  expect(other("Promise.resolve(1)")).not.toBeInstanceOf(Promise);
});

describe("functions of the chapter take", () => {
  test.each(["Float64Array", "Float32Array", "Int32Array", "Uint8Array", "Array"])("%s", (type) => {
    const x = other<number[]>(`${type}.of(1, 2, 3)`);
    expect(numgrad.softmax(x)).toEqual(numgrad.softmax([1, 2, 3]));
    expect(numgrad.dot(x, x)).toBe(14);
    expect(numgrad.crossEntropyError(numgrad.softmax(x), other<number[]>("[1]"))).toBeGreaterThan(0);
  });

  test("a Matrix, rows, options, and no DataView", () => {
    const m = other<numgrad.Matrix>("({ shape: [2, 2], data: Float64Array.of(1, 2, 3, 4) })");
    expect(numgrad.dot(m, m).data).toEqual(Float64Array.of(7, 10, 15, 22));
    expect(numgrad.matrix(other<number[][]>("[[1, 2], Float32Array.of(3, 4)]")).data).toEqual(
      Float64Array.of(1, 2, 3, 4),
    );
    expect(numgrad.crossEntropyError(m, other("[0, 1]"), other("({ reduction: 'sum' })"))).toBeLessThan(0);
    expect(() => numgrad.softmax(other<number[]>("new DataView(new ArrayBuffer(8))"))).toThrow(numgrad.ArgumentError);
    expect(numgrad.movingAverage(floats(1, 2, 3), 2)).toHaveLength(3);
  });
});

describe("differences take", () => {
  test.each(["Float64Array", "Float32Array", "Array"])("%s, and restore it", (type) => {
    const x = other<number[]>(`${type}.of(3, 4)`);
    const own = type === "Float32Array" ? Float32Array.of(3, 4) : [3, 4];
    expect(numericalGradient(squares, x)).toEqual(numericalGradient(squares, own as number[]));
    expect([...x]).toEqual([3, 4]);
    expect(numgrad.checkGradient(squares, (y) => y.map((value) => 2 * value), x).ok).toBe(true);
    expect(numgrad.jacobian((y) => floats(squares(y)), x).shape).toEqual([1, 2]);
    expect(numgrad.gradientDescent(squares, x, { learningRate: 0.1, steps: 3 }).status).toBe("finished");
  });

  test("an out and bounds", () => {
    const out = floats(0, 0);
    expect(numericalGradient(squares, [3, 4], { out, bounds: other("[0, Float64Array.of(9, 9)]") })).toBe(out);
    expect(out[0]).toBeCloseTo(6);
  });

  test("an f that throws an Error, or returns a Promise or an array", async () => {
    const thrower = other<() => number>("() => { throw new Error('too hot'); }");
    expect(() => numericalGradient(thrower, [1])).toThrow(/^f threw with x\[0\] moved: too hot$/);
    const promise = other<() => never>("() => Promise.reject(new Error('nobody handles this'))");
    expect(() => numericalGradient(promise, [1])).toThrow(/it returned a Promise .*numericalGradientAsync/);
    expect(() => numgrad.checkGradient(squares, promise, [1])).toThrow(/gradient must return .* a Promise/);
    const later = other<(x: number[]) => Promise<number>>("async (x) => x[0] ** 2");
    expect((await numericalGradientAsync(later, [3]))[0]).toBeCloseTo(6);
  });
});

describe("a network takes", () => {
  const x = other<numgrad.Matrix>("({ shape: [2, 2], data: Float64Array.of(1, 0, 0, 1) })");
  const single = other<numgrad.Matrix<Float32Array>>("({ shape: [2, 2], data: Float32Array.of(1, 0, 0, 1) })");
  const pixels = numgrad.pixels([2, 2], bytes(255, 0, 0, 255));

  test("inputs and targets", () => {
    const expected = net().numericalGradient(
      numgrad.matrix([
        [1, 0],
        [0, 1],
      ]),
      [0, 1],
    );
    for (const input of [x, single, pixels, numgrad.pixels([2, 2], Buffer.from([255, 0, 0, 255]))]) {
      for (const t of [other<number[]>("[0, 1]"), bytes(0, 1), x, single as never])
        expect(net().numericalGradient(input, t)).toEqual(expected);
    }
  });

  test("arrays for an update", () => {
    const params = { w: floats(1, 2), v: other<Float32Array>("Float32Array.of(1)"), u: other<number[]>("[3]") };
    new SGD({ learningRate: 1 }).update(params, { w: floats(1, 1), v: floats(1), u: [1] });
    expect([[...params.w], [...params.v], [...params.u]]).toEqual([[0, 1], [0], [2]]);
  });

  test("data for training, and a checkpoint", async () => {
    const data = {
      train: { x, t: bytes(0, 1) },
      test: new Dataset({ images: bytes(1, 2), labels: bytes(1), rows: 1, cols: 2 }).subset(0, 1),
    };
    const options = { steps: 20, batchSize: 2, random: 1 };
    const wide = () => new TwoLayerNet({ inputSize: 2, hiddenSize: 3, outputSize: 10, random: 0 });
    const run = train(wide(), data, options);
    for await (const { step } of run) if (step === 5) break;
    const checkpoint = run.checkpoint();
    const copy = (value: unknown): unknown => {
      if (value instanceof Float64Array) return floats(...value);
      if (Array.isArray(value)) return other<(a: unknown[]) => unknown>("(a) => Array.from(a)")(value.map(copy));
      if (typeof value !== "object" || value === null) return value;
      return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, copy(field)]));
    };
    const resume = copy(checkpoint) as numgrad.Checkpoint;
    const { signal } = new AbortController();
    expect(await train(wide(), data, { resume, signal }).finish()).toEqual(await train(wide(), data, options).finish());
  });

  test("an optimizer whose update returns a Promise is refused", async () => {
    const optimizer = { update: other<() => void>("async () => {}") };
    const run = train(net(), { train: { x, t: [0, 1] } }, { steps: 1, batchSize: 2, random: 1, optimizer });
    await expect(run.finish()).rejects.toThrow(/options\.optimizer: expected an update that is done/);
  });
});

describe("random numbers take", () => {
  test("seeds, states and items; a Buffer gives a Uint8Array", () => {
    expect(new RandomState(other<number[]>("[1, 2]")).random()).toBe(new RandomState([1, 2]).random());
    const state = new RandomState(3).getState();
    const key = other<(words: number[]) => Uint32Array>("(words) => Uint32Array.from(words)")(state.key);
    expect(RandomState.fromState({ ...state, key }).random()).toBe(new RandomState(3).random());
    expect(new RandomState(0).permutation(floats(1, 2, 3))).toBeInstanceOf(Float64Array);
    expect(new RandomState(0).choice(Buffer.from([1, 2]), 3).constructor).toBe(Uint8Array);
    const letters = other<string[]>("['a', 'b']");
    new RandomState(0).shuffle(letters);
    expect(letters).toHaveLength(2);
  });
});

describe("files take", () => {
  test("bytes and arrays", () => {
    const npy = encodeNpy(floats(1, 2));
    expect(parseNpy(toOther(npy)).data).toEqual(Float64Array.of(1, 2));
    const map = other<(array: unknown) => Map<string, Float64Array>>("(a) => new Map([['a', a]])")(floats(1, 2));
    expect([...parseNpz(toOther(encodeNpz(map))).keys()]).toEqual(["a"]);
    const metadata = other<Map<string, string>>("new Map([['k', 'v']])");
    expect(parseSafetensors(toOther(encodeSafetensors(map, { metadata }))).metadata.get("k")).toBe("v");
    const idx = bytes(0, 0, 8, 1, 0, 0, 0, 2, 7, 9);
    expect([...numgrad.parseIdx(idx).data]).toEqual([7, 9]);
  });

  test("an owner of parameters", async () => {
    const folder = mkdtempSync(join(tmpdir(), "numgrad-realms-"));
    const { w1, b1, w2, b2 } = net().params.toArrays();
    const params = { w1: floats(...w1), b1: floats(...b1), w2: floats(...w2), b2: floats(...b2) };
    const owner = { inputSize: 2, hiddenSize: 3, outputSize: 2, params };
    await saveParams(join(folder, "a.npz"), owner as never);
    const loaded = net();
    loaded.params.w1.fill(0);
    await loadParams(join(folder, "a.npz"), loaded);
    expect(loaded.params.w1).toEqual(w1);
    rmSync(folder, { recursive: true });
  });

  test("an address", async () => {
    const { URL: OtherUrl } = other<{ URL: typeof URL }>(
      "({ URL: class URL { get [Symbol.toStringTag]() { return 'URL'; } toString() { return 'ftp://a/b'; } } })",
    );
    const images = new OtherUrl("ftp://a/b");
    await expect(numgrad.loadIdxDataset({ images, labels: images } as never)).rejects.toThrow(
      /an address of http or https/,
    );
  });
});

test("the core starts from a module of another realm", async () => {
  expect(other("new WebAssembly.Module(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0))")).not.toBeInstanceOf(
    WebAssembly.Module,
  );
  const module = other<WebAssembly.Module>("new WebAssembly.Module(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0))");
  net();
  expect(() => numgrad.init(module)).toThrow(/already in use/);
});
