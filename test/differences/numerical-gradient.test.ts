import fc from "fast-check";
import {
  ArgumentError,
  type DifferenceOptions,
  DisposedError,
  FunctionError,
  gradientDescent,
  type Matrix,
  matrix,
  NonFiniteError,
  numericalDiff,
  numericalGradient,
  pixels,
  ShapeError,
} from "numgrad";
import { describe, expect, test } from "vitest";
import { registerLiveView } from "../../packages/numgrad/src/view-registry.js";
import { chapterFunctions, sumOfSquares } from "../support/chapter-functions.js";
import { readGolden } from "../support/golden.js";
import { noteExample } from "../support/notes.js";
import { thrownBy } from "../support/thrown.js";

describe("the chapter's numbers, digit for digit", () => {
  const golden = readGolden<{
    numerical_gradient: { f: string; x: number[]; value: number[] }[];
    grid_axis: number[];
    grid_gradients: [number, number][][];
  }>("differences.json");

  test.each(golden.numerical_gradient)("the gradient of $f at $x", ({ f: text, x, value }) => {
    const f = chapterFunctions[text] as (x: ArrayLike<number>) => number;
    const expected = Float64Array.from(value);
    if (x.some((element) => Math.abs(element) >= 1e12)) {
      // The step is lost in the rounding of x ± h, which is an error. A descent goes on there, as in NumPy.
      expect(thrownBy(ArgumentError, () => numericalGradient(f, x)).argument).toBe("x[0]");
      const { x: next } = gradientDescent(f, x, { learningRate: 1, steps: 1 });
      expect(next).toEqual(expected.map((g, i) => x[i]! - g));
      return;
    }
    expect(numericalGradient(f, x)).toEqual(expected);
    expect(numericalGradient(f, Float64Array.from(x))).toEqual(expected);
    const column: Matrix = { shape: [x.length, 1], data: Float64Array.from(x) };
    expect(numericalGradient((m) => f(m.data), column)).toEqual({ shape: [x.length, 1], data: expected });
  });

  test("the gradient field of the figure, 18 × 18 points", () => {
    expect(golden.numerical_gradient.length).toBe(17);
    expect(golden.grid_axis.length).toBe(18);
    expect(golden.grid_gradients.flat().length).toBe(18 * 18);
    for (const [i, row] of golden.grid_gradients.entries()) {
      for (const [j, expected] of row.entries()) {
        const x = [golden.grid_axis[j]!, golden.grid_axis[i]!];
        expect(Array.from(numericalGradient(sumOfSquares, x))).toEqual(expected);
      }
    }
  });

  test.each(["001-gradient", "004-gradient", "chapter-gradient-3-4", "chapter-gradient-0-2", "chapter-gradient-3-0"])(
    "the notes' %s, also as printed",
    (id) => {
      const { inputs, value, printed } = noteExample(id);
      const gradient = Array.from(numericalGradient(sumOfSquares, inputs.x as number[]));
      expect(gradient).toEqual(value);
      expect(gradient.map((g) => Number(g.toPrecision(9)))).toEqual(printed);
    },
  );

  test.each([
    ["001-dW", 1e-7],
    ["002-dW", 1e-7],
    ["002-dW-no-eps", 0],
  ])("the notes' %s: the gradient of softmax and cross entropy by the weights", (id, delta) => {
    const { inputs, value } = noteExample(id);
    const { W, x, t } = inputs as { W: number[][]; x: number[]; t: number[] };
    const loss = ({ data }: Matrix) => {
      const logits = [0, 1, 2].map((k) => x[0]! * data[k]! + x[1]! * data[3 + k]!);
      const max = Math.max(...logits);
      const exps = logits.map((z) => Math.exp(z - max));
      return -Math.log(exps[t.indexOf(1)]! / exps.reduce((a, b) => a + b) + delta);
    };
    const gradient = numericalGradient(loss, matrix(W));
    expect(gradient.shape).toEqual([2, 3]);
    // The platform's exp and log: a few ulp of a loss below 1, divided by 2h.
    for (const [i, expected] of (value as number[][]).flat().entries()) {
      expect(Math.abs(gradient.data[i]! - expected) <= 5e-12).toBe(true);
    }
  });
});

describe("methods", () => {
  const f = (x: ArrayLike<number>) => 0.1 * x[0]! ** 3 - (x[1]! / 3) * x[0]!;
  const x = [0.7, -1.3];

  test.each(["central", "forward", "backward"] as const)("%s is numericalDiff for each element", (method) => {
    for (const h of [undefined, 1e-3, 0.25, 1e-7]) {
      const options = h === undefined ? { method } : { method, h };
      expect(Array.from(numericalGradient(f, x, options))).toEqual([
        numericalDiff((a) => f([a, x[1]!]), x[0]!, options),
        numericalDiff((b) => f([x[0]!, b]), x[1]!, options),
      ]);
    }
  });

  test("central calls f 2n times, the others n + 1 times, with one element moved at a time", () => {
    const calls = (method: "central" | "forward" | "backward") => {
      const seen: number[][] = [];
      numericalGradient((v) => seen.push(Array.from(v)), new Float64Array([1, 2]), { method, h: 0.5 });
      return seen;
    };
    expect(calls("central")).toEqual([
      [1.5, 2],
      [0.5, 2],
      [1, 2.5],
      [1, 1.5],
    ]);
    expect(calls("forward")).toEqual([
      [1, 2],
      [1.5, 2],
      [1, 2.5],
    ]);
    expect(calls("backward")).toEqual([
      [1, 2],
      [0.5, 2],
      [1, 1.5],
    ]);
  });
});

describe("f receives, and the caller gets", () => {
  test("x itself and a new Float64Array, if x is a Float64Array", () => {
    const x = new Float64Array([3, 4]);
    const gradient = numericalGradient((v) => {
      expect(v).toBe(x);
      return sumOfSquares(v);
    }, x);
    expect(gradient).toBeInstanceOf(Float64Array);
    expect(gradient).not.toBe(x);
  });

  test("x itself and a new Matrix of its shape, if x is a Matrix", () => {
    const x = matrix([
      [1, 2, 3],
      [4, 5, 6],
    ]);
    const gradient = numericalGradient((m) => {
      expect(m).toBe(x);
      return sumOfSquares(m.data);
    }, x);
    expect(gradient.shape).toEqual([2, 3]);
    expect(gradient.shape).not.toBe(x.shape);
    expect(gradient.data).not.toBe(x.data);
    expect(gradient.data[4]!).toBeCloseTo(10, 8);
  });

  test("a copy and a Float64Array, if x is an array of numbers, which is never changed", () => {
    const x = Object.freeze([3, 4]);
    const copies = new Set<unknown>();
    const gradient = numericalGradient((v) => {
      copies.add(v);
      expect(Array.isArray(v)).toBe(true);
      expect(x).toEqual([3, 4]);
      return sumOfSquares(v);
    }, x);
    expect(copies.size).toBe(1);
    expect(copies.has(x)).toBe(false);
    expect(gradient).toBeInstanceOf(Float64Array);
    expect(x).toEqual([3, 4]);
  });

  test("the same x from outside: f may ignore its argument, as in the book", () => {
    const w = matrix([
      [1, 2],
      [3, 4],
    ]);
    expect(numericalGradient(() => w.data[0]! * w.data[3]!, w).data[3]!).toBeCloseTo(1, 10);
  });

  test("a view on a larger buffer, which is not changed beside the view", () => {
    const all = new Float64Array([9, 1, 2, 9]);
    const gradient = numericalGradient(() => sumOfSquares(all), all.subarray(1, 3));
    expect(Array.from(gradient).map((g) => Math.round(g))).toEqual([2, 4]);
    expect(Array.from(all)).toEqual([9, 1, 2, 9]);
  });
});

describe("x keeps its bits", () => {
  const odd = [-0, 5e-324, 0.1, -1e10, 1e-4, -1e-4, 123456789.123, Number.MIN_VALUE, 2 ** 30];
  const bits = (x: Float64Array | Float32Array) => Array.from(new Uint8Array(x.buffer, x.byteOffset, x.byteLength));

  test("if there is no error", () => {
    for (const x of [Float64Array.from(odd), Float32Array.from(odd.slice(4, 7).concat(-0, 0.1))]) {
      for (const method of ["central", "forward", "backward"] as const) {
        const before = bits(x);
        numericalGradient(() => 1, x as Float64Array, { method });
        expect(bits(x)).toEqual(before);
      }
    }
  });

  test("if f throws, at any call", () => {
    for (const x of [Float64Array.from(odd), Float32Array.from([0.1, -0, 3, 1e20, -7])]) {
      const before = bits(x);
      for (let call = 0; call < 2 * x.length; call++) {
        let calls = 0;
        const f = () => {
          if (calls++ === call) throw new Error("now");
          return 0;
        };
        const error = thrownBy(FunctionError, () => numericalGradient(f, x as Float64Array));
        expect(error.index).toBe(Math.floor(call / 2));
        expect(bits(x)).toEqual(before);
      }
    }
  });

  test("for random x, and random changes of x by f", () => {
    const finite = fc.double({ noNaN: true, noDefaultInfinity: true });
    const movable = fc.double({ noNaN: true, min: -1e10, max: 1e10 });
    const deed = fc.record({ call: fc.nat(12), index: fc.nat(5), value: finite, throws: fc.boolean() });
    fc.assert(
      fc.property(
        fc.array(movable, { minLength: 1, maxLength: 6 }),
        fc.array(deed, { maxLength: 3 }),
        (values, deeds) => {
          const x = Float64Array.from(values);
          const before = bits(x);
          let calls = 0;
          const f = () => {
            for (const { call, index, value, throws } of deeds) {
              if (call !== calls) continue;
              x[index % x.length] = value;
              if (throws) throw new Error("now");
            }
            calls++;
            return 0;
          };
          try {
            numericalGradient(f, x);
          } catch (error) {
            expect(error).toBeInstanceOf(FunctionError);
          }
          expect(bits(x)).toEqual(before);
        },
      ),
      { numRuns: 500, seed: 1 },
    );
  });
});

describe("an f that cannot be used is a FunctionError with the index of the moved element", () => {
  const x = new Float64Array([1, 2, 3]);
  /** A function that returns `value` if element 1 is above 2, else 0. */
  const oddly = (value: unknown) => (v: Float64Array) => (v[1]! > 2 ? value : 0) as number;

  test.each([
    ["NaN", Number.NaN],
    ["Infinity", Number.POSITIVE_INFINITY],
    ["undefined", undefined],
    ["null", null],
    ["a boolean", false],
    ["a string", "1"],
    ["a bigint", 1n],
    ["a vector", new Float64Array([1])],
  ])("if it returns %s", (_, value) => {
    const error = thrownBy(FunctionError, () => numericalGradient(oddly(value), x));
    expect(error.index).toBe(1);
    expect(error.value).toBe(value);
    expect(error.message).toContain("f must return a finite number, it returned");
    expect(error.message).toContain("with x[1] moved");
    expect(Array.from(x)).toEqual([1, 2, 3]);
  });

  test("if it returns a Promise", () => {
    const promise = Promise.reject(new Error("late"));
    const error = thrownBy(FunctionError, () => numericalGradient(oddly(promise), x));
    expect(error.index).toBe(1);
    expect(error.message).toContain("an async f needs numericalGradientAsync");
  });

  test("if it throws: the cause is what it threw", () => {
    const cause = new TypeError("not here");
    const f = (m: Matrix) => {
      if (m.data[3]! < 4) throw cause;
      return 0;
    };
    const w = matrix([
      [1, 2],
      [3, 4],
    ]);
    const error = thrownBy(FunctionError, () => numericalGradient(f, w));
    expect(error.cause).toBe(cause);
    expect(error.index).toBe(3);
    expect(error.message).toBe("f threw with x.data[3] moved: not here");
    expect(error.value).toBeUndefined();
  });

  test("if it fails at x itself: the index is −1", () => {
    const fail = () => Number.NaN;
    expect(thrownBy(FunctionError, () => numericalGradient(fail, x, { method: "forward" })).index).toBe(-1);
    expect(thrownBy(FunctionError, () => numericalGradient(fail, x, { method: "backward" })).message).toContain("at x");
  });

  test("if its difference overflows", () => {
    const steep = (v: Float64Array) => (v[2]! > 3 ? 1e308 : 0);
    const error = thrownBy(FunctionError, () => numericalGradient(steep, x));
    expect(error.index).toBe(2);
    expect(error.value).toBe(Number.POSITIVE_INFINITY);
    expect(error.message).toContain("overflows with x[2] moved");
    expect(Array.from(x)).toEqual([1, 2, 3]);
  });
});

describe("it is an error, and x is restored, if f changes", () => {
  test("an element that is not moved, which is found at the end", () => {
    for (const x of [new Float64Array([1, 2, 3]), new Float32Array([1, 2, 3])]) {
      let calls = 0;
      const f = () => {
        if (++calls === 6) x[0] = 7;
        return 0;
      };
      const error = thrownBy(FunctionError, () => numericalGradient(f, x as Float64Array));
      expect(error.message).toBe("f must not change x, but x[0] went from 1 to 7");
      expect(error.index).toBe(-1);
      expect(Array.from(x)).toEqual([1, 2, 3]);
    }
  });

  test("the sign of a zero", () => {
    const x = new Float64Array([0, 1]);
    const f = () => {
      if (x[1]! < 1) x[0] = -0;
      return 0;
    };
    thrownBy(FunctionError, () => numericalGradient(f, x));
    expect(Object.is(x[0], 0)).toBe(true);
  });

  test("the moved element, which is found at once", () => {
    const x = matrix([[1], [2]]);
    const f = (m: Matrix) => {
      if (m.data[1]! !== 2) m.data[1] = 5;
      return 0;
    };
    const error = thrownBy(FunctionError, () => numericalGradient(f, x));
    expect(error.message).toBe("f must not change x, but x.data[1] became 5");
    expect(error.index).toBe(1);
    expect(Array.from(x.data)).toEqual([1, 2]);
  });

  test("the only element", () => {
    const x = new Float64Array([1]);
    const f = () => {
      x[0] = 9;
      return 0;
    };
    thrownBy(FunctionError, () => numericalGradient(f, x));
    thrownBy(FunctionError, () => numericalGradient(f, x, { method: "backward" }));
    expect(x[0]).toBe(1);
  });

  test("the copy of an array of numbers", () => {
    const x = [1, 2];
    thrownBy(FunctionError, () => numericalGradient((v) => v.sort((a, b) => b - a)[0]! * 1, x));
    thrownBy(FunctionError, () => numericalGradient((v) => (v.pop() as number) * 1, x));
    expect(x).toEqual([1, 2]);
  });

  test("the buffer of x, by transferring it", () => {
    const x = new Float64Array([1, 2]);
    const f = () => {
      structuredClone(x.buffer, { transfer: [x.buffer as ArrayBuffer] });
      return 0;
    };
    const error = thrownBy(FunctionError, () => numericalGradient(f, x));
    expect(error.message).toBe("f must not detach or shorten x");
  });
});

describe("a live view on memory that may grow", () => {
  /**
   * Three numbers in WebAssembly memory, like the parameters of a network: the view is looked up again after the memory
   * has grown.
   */
  function liveView() {
    const memory = new WebAssembly.Memory({ initial: 1 });
    const state = { disposed: false };
    const make = (): Float64Array => {
      const view = new Float64Array(memory.buffer, 64, 3);
      registerLiveView(view, () => {
        if (state.disposed) throw new DisposedError("this network was disposed");
        return view.buffer === memory.buffer ? view : make();
      });
      return view;
    };
    const view = make();
    view.set([1, 2, 3]);
    return { memory, state, view, fresh: () => new Float64Array(memory.buffer, 64, 3) };
  }

  test("is moved and restored like any array", () => {
    const { view } = liveView();
    expect(numericalGradient(sumOfSquares, view)).toEqual(numericalGradient(sumOfSquares, [1, 2, 3]));
    expect(Array.from(view)).toEqual([1, 2, 3]);
  });

  test.each(["vector", "matrix"])("that loses its memory while f runs is restored through a new view (%s)", (kind) => {
    for (const throwing of [false, true]) {
      for (let call = 0; call < 6; call++) {
        const { memory, view, fresh } = liveView();
        let calls = 0;
        const f = () => {
          if (calls++ === call) {
            memory.grow(1);
            if (throwing) throw new Error("now");
          }
          return 0;
        };
        const run = () =>
          kind === "vector" ? numericalGradient(f, view) : numericalGradient(f, { shape: [1, 3], data: view });
        const error = thrownBy(FunctionError, run);
        expect(error.index).toBe(Math.floor(call / 2));
        expect(error.message).toContain(throwing ? "now" : "lost its memory");
        expect(view.length).toBe(0);
        expect(Array.from(fresh())).toEqual([1, 2, 3]);
      }
    }
  });

  test.each([[[70, 80, 90]], [[1, 2.0001, 3]]])("is not written to after f has disposed the network: %j", (others) => {
    const { state, view, fresh } = liveView();
    let calls = 0;
    const f = () => {
      if (calls++ === 2) {
        state.disposed = true;
        view.set(others); // now the memory belongs to another network
      }
      return 0;
    };
    const error = thrownBy(FunctionError, () => numericalGradient(f, view));
    expect(error.message).toContain("x lost its memory");
    expect(error.index).toBe(1);
    expect(Array.from(fresh())).toEqual(others);
  });

  test("is refused if the memory has grown since, or the network was disposed", () => {
    const kept = liveView();
    kept.memory.grow(1);
    const error = thrownBy(ArgumentError, () => numericalGradient(() => 0, kept.view));
    expect(error.message).toContain("look net.params up again");
    const disposed = liveView();
    disposed.state.disposed = true;
    thrownBy(DisposedError, () => numericalGradient(() => 0, disposed.view));
  });
});

describe("f may call numericalGradient itself", () => {
  test("with the same x", () => {
    const x = new Float64Array([1, 2]);
    const squaredSlope = () => {
      const gradient = numericalGradient(sumOfSquares, x, { h: 1e-3 });
      return sumOfSquares(gradient); // This is 4·Σx², and its gradient is 8x.
    };
    const gradient = numericalGradient(squaredSlope, x, { h: 1e-3 });
    expect(gradient[0]!).toBeCloseTo(8, 6);
    expect(gradient[1]!).toBeCloseTo(16, 6);
    expect(Array.from(x)).toEqual([1, 2]);
  });

  test("with another x, also if the inner call fails and f catches the error", () => {
    const x = new Float64Array([3]);
    const y = new Float64Array([1, 5]);
    const f = () => {
      try {
        numericalGradient((v) => (v[1]! > 5 ? Number.NaN : 0), y);
      } catch {
        // f continues
      }
      return x[0]! * y[1]!;
    };
    expect(numericalGradient(f, x)[0]!).toBeCloseTo(5, 10);
    expect(Array.from(y)).toEqual([1, 5]);
  });

  test("and the inner error is the cause of the outer one", () => {
    const f = () => numericalGradient(() => Number.NaN, [1, 2])[0]!;
    const error = thrownBy(FunctionError, () => numericalGradient(f, new Float64Array([1])));
    expect(error.cause).toBeInstanceOf(FunctionError);
    expect((error.cause as FunctionError).value).toBeNaN();
    expect(error.value).toBeUndefined();
  });
});

describe("float32", () => {
  const f = (x: ArrayLike<number>) => {
    let sum = 0;
    for (let i = 0; i < x.length; i++) sum += Math.sin(x[i]!) + 0.5 * x[i]! ** 2;
    return sum;
  };
  const slope = (v: number) => Math.cos(v) + v;
  const values = [0, 0.1, -1.5, 3, 1234.567, -98765.43, 3e7];

  test.each([
    ["central", 2 ** -8],
    ["forward", 2 ** -11],
    ["backward", 2 ** -11],
  ] as const)("has a default h that suits it (%s): 1e-4 would be lost in rounding", (method, step) => {
    // The quadratic part alone has no truncation error for "central", h/2 for the others, and no noise by rounding x ±
    // h.
    const x = Float32Array.from(values);
    const gradient = numericalGradient((v) => 0.5 * sumOfSquares(v), x, { method });
    expect(gradient).toBeInstanceOf(Float64Array);
    for (const [i, v] of x.entries()) {
      const h = step * Math.max(1, Math.abs(v));
      const truncation = { central: 0, forward: h / 2, backward: -h / 2 }[method];
      // The rest is cancellation in the float64 sum, and the different rounding of x + h and x − h to float32.
      const tolerance = (4e-16 * sumOfSquares(x)) / h + Math.abs(v) * 2 ** -23 + h * 2 ** -10;
      expect(Math.abs(gradient[i]! - (v + truncation)) <= tolerance).toBe(true);
    }
  });

  test("has an error of order h² for a smooth function", () => {
    const x = Float32Array.from([0, 0.1, -1.5, 3]);
    const gradient = numericalGradient(f, x);
    for (const [i, v] of x.entries()) {
      const h = 2 ** -8 * Math.max(1, Math.abs(v));
      // h²/6 times the third derivative, which is at most 1, and 2⁻²² because float32 rounds x + h and x − h
      // differently.
      expect(Math.abs(gradient[i]! - slope(v)) <= h ** 2 / 6 + 2 ** -22).toBe(true);
    }
  });

  test("has a usable gradient, also if f computes in float32", () => {
    const single = (x: Float32Array) => {
      let sum = 0;
      for (const v of x) sum = Math.fround(sum + Math.fround(v * v));
      return sum;
    };
    const gradient = numericalGradient(single, Float32Array.from([1, 2, 3]));
    // Rounding a sum near 14 to float32 costs at most 2⁻²¹ each time. It is divided by 2h ≥ 2⁻⁷.
    for (const [i, g] of gradient.entries()) expect(Math.abs(g - 2 * (i + 1)) < 1e-3).toBe(true);
  });

  test("may be a Matrix: it keeps its bits, and the gradient is a float64 Matrix", () => {
    const x = { shape: [2, 2] as const, data: Float32Array.from([0.1, 0.2, 0.3, 0.4]) };
    const gradient = numericalGradient((m) => sumOfSquares(m.data), x);
    expect(gradient.shape).toEqual([2, 2]);
    expect(gradient.data).toBeInstanceOf(Float64Array);
    expect(gradient.data[1]!).toBeCloseTo(0.4, 6);
    expect(x.data).toEqual(Float32Array.from([0.1, 0.2, 0.3, 0.4]));
  });

  test("divides by the distance between the rounded points, also for an h of the caller", () => {
    const x = Float32Array.from([1000]);
    const seen: number[] = [];
    const gradient = numericalGradient(
      (v) => {
        seen.push(v[0]!);
        return 3 * v[0]!;
      },
      x,
      { h: 1e-4 },
    );
    expect(seen).toEqual([Math.fround(1000.0001), Math.fround(999.9999)]);
    expect(gradient[0]).toBe((3 * seen[0]! - 3 * seen[1]!) / (seen[0]! - seen[1]!));
    expect(gradient[0]).toBeCloseTo(3, 7); // Divided by 2h, the slope would be wrong by 15 %.
  });

  test("refuses an h that does not move x, before f is called", () => {
    const x = Float32Array.from([1, 5000]);
    const never = () => expect.fail("f was called");
    for (const method of ["central", "forward", "backward"] as const) {
      const error = thrownBy(ArgumentError, () => numericalGradient(never, x, { h: 1e-4, method }));
      expect(error.message).toBe("options.h: expected a step that moves the float32 x[1] = 5000, got 0.0001");
    }
    const largest = Float32Array.from([3.4028234663852886e38]);
    expect(thrownBy(ArgumentError, () => numericalGradient(never, largest)).argument).toBe("x[0]");
  });
});

describe("arguments are checked before f is called and before anything changes", () => {
  const never = () => expect.fail("f was called");
  const refused = (x: unknown, options?: DifferenceOptions) =>
    thrownBy(ArgumentError, () => numericalGradient(never, x as Float64Array, options));

  test.each([
    ["Int8Array", Int8Array],
    ["Uint8Array", Uint8Array],
    ["Uint8ClampedArray", Uint8ClampedArray],
    ["Int16Array", Int16Array],
    ["Int32Array", Int32Array],
    ["Uint32Array", Uint32Array],
    ["BigInt64Array", BigInt64Array],
  ])("an %s would truncate x + h", (name, type) => {
    const error = refused(new type(2));
    expect(error.argument).toBe("x");
    expect(error.received).toBe(`${name} of length 2, which cannot hold x + h`);
  });

  test("Pixels and a Matrix of integers are refused too", () => {
    expect(refused(pixels([1, 2], new Uint8Array(2))).received).toBe("Pixels, which cannot hold x + h");
    expect(refused({ shape: [1, 2], data: new Int32Array(2) }).argument).toBe("x.data");
    expect(refused({ shape: [1, 2], data: [1, 2] }).argument).toBe("x.data");
  });

  test.each([undefined, null, 3, "12", {}, { length: 2, 0: 1, 1: 2 }, new DataView(new ArrayBuffer(8)), new Set([1])])(
    "x: %s",
    (x) => {
      expect(refused(x).argument).toBe("x");
    },
  );

  test("x must not be empty, and a Matrix must fit its shape", () => {
    for (const x of [
      [],
      new Float64Array(0),
      { shape: [2, 2], data: new Float64Array(3) },
      { shape: [0, 2], data: new Float64Array(0) },
    ]) {
      expect(refused(x)).toBeInstanceOf(ShapeError);
    }
  });

  test("elements must be finite numbers; the error names the first that is not", () => {
    const error = thrownBy(NonFiniteError, () => numericalGradient(never, new Float64Array([1, Number.NaN])));
    expect(error.index).toBe(1);
    expect(refused([1, Number.POSITIVE_INFINITY]).argument).toBe("x[1]");
    expect(refused({ shape: [1, 2], data: Float32Array.of(Number.NaN, 1) }).argument).toBe("x.data[0]");
    for (const element of ["1", null, undefined, 1n]) expect(refused([1, element]).argument).toBe("x[1]");
    // An array around arrays is a tree.
    expect(refused([[1, 2], ["3"]]).argument).toBe("x[1][0]");
  });

  test("f must be a function, and the options must exist", () => {
    for (const f of [undefined, null, 3, "f"]) {
      expect(thrownBy(ArgumentError, () => numericalGradient(f as unknown as () => number, [1])).argument).toBe("f");
    }
    expect(refused([1], { step: 1 } as DifferenceOptions).argument).toBe("options.step");
    expect(refused([1], { h: 0 }).argument).toBe("options.h");
    expect(refused([1], { method: "both" as "central" }).argument).toBe("options.method");
    expect(refused([1], 1e-4 as unknown as DifferenceOptions).argument).toBe("options");
  });
});
