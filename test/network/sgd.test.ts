import { ArgumentError, matrix, NonFiniteError, SGD, ShapeError, TwoLayerNet } from "numgrad";
import { describe, expect, test } from "vitest";
import { PARAMETER_NAMES } from "../../packages/numgrad/src/network/dimensions.js";
import { core } from "../../packages/numgrad/src/wasm/runtime.js";
import { thrownBy } from "../support/thrown.js";

function netWithGradient(): TwoLayerNet {
  const net = new TwoLayerNet({ inputSize: 3, hiddenSize: 5, outputSize: 2, weightInitStd: 1, random: 1 });
  net.gradient(matrix([[1, 0, -2]]), [1]);
  return net;
}

describe("SGD", () => {
  test("one update moves each parameter by learningRate × gradient", () => {
    const net = netWithGradient();
    const [params, grads] = [net.params.toArrays(), net.grads.toArrays()];
    new SGD({ learningRate: 0.3 }).update(net.params, net.grads);
    for (const name of PARAMETER_NAMES) {
      expect([...net.params[name]]).toEqual([...params[name]].map((value, i) => value - 0.3 * grads[name][i]!));
    }
  });

  test("gives the same bits for plain arrays as for a network in the core", () => {
    const net = netWithGradient();
    const [params, grads] = [net.params.toArrays(), net.grads.toArrays()];
    const sgd = new SGD({ learningRate: 0.7 });
    sgd.update(net.params, net.grads);
    sgd.update(params, grads);
    expect(params).toEqual(net.params.toArrays());
  });

  test("updates a network's parameters by gradients that are not its own", () => {
    const net = netWithGradient();
    const before = net.params.toArrays();
    const grads = net.numericalGradient(matrix([[1, 1, 1]]), [0]);
    net.gradient(matrix([[0, 0, 1]]), [0]);
    new SGD({ learningRate: 1 }).update(net.params, grads);
    expect(net.params.b2[0]).toBe(before.b2[0]! - grads.b2[0]!);
  });

  test("updates a network's parameters by the gradient of another network, and a gradient by parameters", () => {
    const [net, other] = [netWithGradient(), netWithGradient()];
    other.gradient(matrix([[0, 3, 1]]), [0]);
    const [params, grads, otherGrads] = [net.params.toArrays(), net.grads.toArrays(), other.grads.toArrays()];
    const sgd = new SGD({ learningRate: 1 });
    sgd.update(net.params, other.grads);
    for (const name of PARAMETER_NAMES) {
      expect([...net.params[name]]).toEqual([...params[name]].map((value, i) => value - otherGrads[name][i]!));
    }
    const moved = net.params.toArrays();
    sgd.update(net.grads, net.params);
    for (const name of PARAMETER_NAMES) {
      expect([...net.grads[name]]).toEqual([...grads[name]].map((value, i) => value - moved[name][i]!));
    }
    sgd.update(net.grads, net.grads);
    for (const name of PARAMETER_NAMES) expect(net.grads[name].every((value) => value === 0)).toBe(true);
    expect(net.params.toArrays()).toEqual(moved);
    sgd.update(net.params, net.params);
    for (const name of PARAMETER_NAMES) expect(net.params[name].every((value) => value === 0)).toBe(true);
  });

  test("takes arrays of any names, and plain arrays of numbers", () => {
    const params = { weights: [1, 2], bias: new Float32Array([0.5]) };
    new SGD({ learningRate: 0.5 }).update(params, { weights: [2, -2], bias: [1] });
    expect(params).toEqual({ weights: [0, 3], bias: new Float32Array([0]) });
  });

  test("has a default learning rate of 0.01", () => {
    expect(new SGD().learningRate).toBe(0.01);
  });

  test.each([
    [{ learningRate: Number.NaN }, "options.learningRate"],
    [{ lr: 1 }, "options.lr"],
    [null, "options"],
  ])("refuses the options %s", (options, argument) => {
    expect(thrownBy(ArgumentError, () => new SGD(options as never)).argument).toBe(argument);
  });

  test("refuses parameters that have no gradient of their length, and changes none", () => {
    const params = { a: [1], b: [2, 3] };
    thrownBy(ShapeError, () => new SGD({}).update(params, { a: [1], b: [1] }));
    thrownBy(ShapeError, () => new SGD({}).update(params, { a: [1] }));
    thrownBy(ArgumentError, () => new SGD({}).update(params, null as never));
    thrownBy(ArgumentError, () => new SGD({}).update({}, {}));
    thrownBy(ArgumentError, () =>
      new SGD({}).update({ a: params.a, b: Object.freeze([1]) as number[] }, { a: [1], b: [1] }),
    );
    expect(params).toEqual({ a: [1], b: [2, 3] });
  });

  test.each<[string, unknown, unknown, new (...args: never[]) => Error, string]>([
    ["no object of parameters", 1, { a: [1] }, ArgumentError, "params: expected an object of arrays, got 1"],
    [
      "no object of gradients",
      { a: [1] },
      undefined,
      ArgumentError,
      "grads: expected an object of arrays, got undefined",
    ],
    ["no parameters", {}, {}, ArgumentError, "params: expected an object of arrays, got an object without any"],
    ["no gradients", { a: [1] }, {}, ArgumentError, "grads: expected an object of arrays, got an object without any"],
    [
      "integers, which cannot hold the result",
      { a: new Int32Array(1) },
      { a: [1] },
      ArgumentError,
      "params.a: expected an array of numbers, a Float64Array or a Float32Array, got",
    ],
    ["a number", { a: 1 }, { a: [1] }, ArgumentError, "params.a: expected an array of numbers, a Float64Array or"],
    [
      "frozen parameters",
      { a: Object.freeze([1]) },
      { a: [1] },
      ArgumentError,
      "params.a: expected an array that can be changed, got a frozen one",
    ],
    ["a gradient too short", { a: [1, 2] }, { a: [1] }, ShapeError, "grads.a: expected 2 numbers, as in params.a, got"],
  ])("%s: the message says so", (_, params, grads, type, message) => {
    expect(thrownBy(type, () => new SGD().update(params as never, grads as never)).message).toContain(message);
  });

  test.each<[string, unknown[], unknown[], string]>([
    ["rows", [[1], [3]], [1, 1], "params.a[0]: expected a number, got Array of length 1"],
    ["texts", ["1"], [1], 'params.a[0]: expected a number, got "1"'],
    ["a gradient that is missing", [1, 1], [1, null], "grads.a[1]: expected a number, got null"],
    ["truth", [1, 1], [1, true], "grads.a[1]: expected a number, got true"],
    ["bigints", [1n], [1n], "params.a[0]: expected a number, got 1n"],
  ])("elements that are no numbers are refused: %s", (_, params, grads, message) => {
    const before = [...params];
    expect(thrownBy(ArgumentError, () => new SGD().update({ a: params } as never, { a: grads } as never)).message).toBe(
      message,
    );
    expect(params).toEqual(before);
  });

  test("a gradient that overlaps its parameters is refused, as the result would depend on the order", () => {
    const all = Float64Array.of(1, 2, 3, 4);
    const update = (a: Float64Array | Float32Array, grad: Float64Array | Float32Array) => () =>
      new SGD({ learningRate: 1 }).update({ a }, { a: grad });
    for (const grad of [all.subarray(0, 2), new Float32Array(all.buffer, 8, 2)]) {
      expect(thrownBy(ArgumentError, update(all.subarray(1, 3), grad)).message).toBe(
        "grads.a: expected memory that is not a part of params.a, got memory that overlaps it",
      );
    }
    expect([...all]).toEqual([1, 2, 3, 4]);
    const [a, b] = [all.subarray(0, 2), all.subarray(2, 4)];
    expect(thrownBy(ArgumentError, () => new SGD().update({ a, b }, { a: b, b: [1, 1] })).argument).toBe("grads.a");
    update(all.subarray(0, 2), all.subarray(2, 4))();
    update(all, all)();
    expect([...all]).toEqual([0, 0, 0, 0]);
  });

  test("names the result that would not be finite, in the core and elsewhere", () => {
    const sgd = new SGD({ learningRate: 10 });
    const net = netWithGradient();
    net.params.b1[2] = 1.7e308;
    net.grads.b1[2] = -1e307;
    const { b1 } = net.params;
    for (const update of [() => sgd.update(net.params, net.grads), () => sgd.update({ b1 }, { b1: net.grads.b1 })]) {
      const error = thrownBy(NonFiniteError, update);
      expect(error.index).toBe(2);
      expect(error.message).toBe("updated params.b1[2]: expected a finite number, got Infinity");
    }
    expect(b1[2]).toBe(1.7e308);
  });

  test("finds the current view for one that was taken before memory grew", () => {
    const net = netWithGradient();
    const [params, grads] = [net.params.toArrays(), net.grads.toArrays()];
    const [w1, g1] = [net.params.w1, net.grads.w1];
    core().memory.grow(1);
    new SGD({ learningRate: 1 }).update({ w1 }, { w1: g1 });
    expect(net.params.w1[0]).toBe(params.w1[0]! - grads.w1[0]!);
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY, -1.7e308])(
    "refuses an update whose result would not be finite: gradient %s",
    (bad) => {
      const sgd = new SGD({ learningRate: 10 });
      const net = netWithGradient();
      net.grads.w2[3] = bad;
      const before = net.params.toArrays();
      expect(thrownBy(NonFiniteError, () => sgd.update(net.params, net.grads)).index).toBe(3);
      expect(net.params.toArrays()).toEqual(before);
      const arrays = { a: [1, 2], b: [3, 4] };
      expect(thrownBy(NonFiniteError, () => sgd.update(arrays, { a: [1, 1], b: [1, bad] })).index).toBe(1);
      expect(arrays).toEqual({ a: [1, 2], b: [3, 4] });
    },
  );
});
