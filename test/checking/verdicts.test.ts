import { type CheckGradientOptions, checkGradient, type PointLike } from "numgrad";
import { describe, expect, test } from "vitest";

type F = (x: ArrayLike<number>) => number;

const check = (f: F, gradient: ArrayLike<number>, x: PointLike, options?: CheckGradientOptions) =>
  checkGradient(f as (x: number[]) => number, Array.from(gradient), x as number[], options);
const verdict = (f: F, gradient: ArrayLike<number>, x: PointLike) => check(f, gradient, x).verdict;

describe("large and small numbers", () => {
  const square: F = (x) => x[0]! ** 2;

  test.each([1e9, 1e13, 1e150, 1e-9])("x² at %d", (x) => {
    expect(verdict(square, [2 * x], [x])).toBe("ok");
    expect(verdict(square, [0], [x])).toBe("wrong");
    expect(verdict(square, [2.002 * x], [x])).toBe("wrong");
  });

  test("a wrong sign of a small element", () => {
    expect(verdict((x) => x[0]! + 1e-7 * x[1]!, [1, 1e-7], [1, 2])).toBe("ok");
    const report = check((x) => x[0]! + 1e-7 * x[1]!, [1, -1e-7], [1, 2]);
    expect(report.verdict).toBe("wrong");
    expect(report.worst[0]?.index).toBe(1);
  });

  test.each([300, 2000])("wrong elements beside one of 1e8, of %d elements", (n) => {
    const x = new Float64Array(n).fill(0.5);
    const f: F = (v) => Array.from(v).reduce((sum, t, i) => sum + (i === 0 ? 1e8 * t : Math.sin(t)), 0);
    const right = x.map((t, i) => (i === 0 ? 1e8 : Math.cos(t)));
    expect(verdict(f, right, x)).toBe("ok");
    const wrong = right.map((g, i) => (i === 0 ? g : 1.5));
    expect(verdict(f, wrong, x)).toBe("wrong");
  });
});

describe("elements of which f does not depend, among 2,000", () => {
  const x = Float64Array.from({ length: 2000 }, (_, i) => Math.sin(i));
  const f: F = (v) => Array.from(v).reduce((sum, t, i) => sum + (i % 3 === 0 ? 0 : Math.sin(t)), 0);
  const right = x.map((t, i) => (i % 3 === 0 ? 0 : Math.cos(t)));

  test("are right if the gradient has zeros there, and only there", () => {
    expect(verdict(f, right, x)).toBe("ok");
    expect(verdict(f, right.map((g, i) => (i === 4 ? 0 : g)), x)).toBe("wrong"); // biome-ignore format: one line
    expect(verdict(f, right.map((g, i) => (i === 3 ? 0.01 : g)), x)).toBe("wrong"); // biome-ignore format: one line
    expect(verdict(f, new Float64Array(2000), x)).toBe("wrong");
  });

  test("are wrong if f depends on them a little", () => {
    const little: F = (v) =>
      f(v) + 1e-4 * Array.from(v).reduce((sum, t, i) => sum + (i % 3 === 0 ? t * (1 + i) : 0), 0);
    expect(verdict(little, right, x)).toBe("wrong");
  });
});

describe("kinks and jumps", () => {
  const relu: F = (x) => Math.max(0, x[0]!);

  test.each([0, 0.3, 1])("max(0, x) at 0, with %d", (got) => {
    const report = check(relu, [got], [0]);
    expect(report.verdict).toBe("kink");
    expect(report.ok).toBe(false);
    expect(report.failures).toBe(0);
    expect(report.worst[0]?.left).toBe(0);
    expect(report.worst[0]?.right).toBeCloseTo(1, 12);
    expect(String(report)).toContain("gradient at a kink: 1 of 1 element between the slopes on both sides");
    expect(String(report)).toContain("0 … 1");
  });

  test("a slope that is not between those of both sides is wrong", () => {
    for (const got of [-0.01, 1.01, 2]) expect(verdict(relu, [got], [0])).toBe("wrong");
    expect(verdict((x) => Math.abs(x[0]!), [0], [0])).toBe("kink");
    expect(verdict((x) => Math.fround(Math.max(0, x[0]! - 0.25)), [1], Float32Array.of(0.25))).toBe("kink");
  });

  test.each<[string, F, number, number]>([
    ["max(0, x) right of 0", relu, 1e-6, 1],
    ["max(0, x) left of 0", relu, -1e-6, 0],
    ["max(5, x) left of 5", (x) => Math.max(5, x[0]!), 5 - 1e-6, 0],
    ["clip below its limit", (x) => Math.min(1, Math.max(0, x[0]!)), 0.9999, 1],
    ["ceil right of its jump", (x) => Math.ceil(x[0]!), 2.0001, 0],
    ["the larger of two", (x) => Math.max(x[0]!, 0.5 * x[0]! + 0.5), 1.0003, 1],
  ])("beside x they do not matter: %s", (_, f, x, slope) => {
    expect(verdict(f, [slope], [x])).toBe("ok");
    expect(verdict(f, [slope + 0.01], [x])).toBe("wrong");
  });

  test("at a jump, and with much noise, nothing can be decided, and the report says why", () => {
    expect(String(check((x) => Math.ceil(x[0]!), [0], [2]))).toContain(
      "undecided: 1 of 1 element, because f jumps at x",
    );
    const noisy: F = (x) => x[0]! + ((Math.sin(1e9 * x[0]!) * 1e5) % 1);
    const report = check(noisy, [1], [1]);
    expect(report.worst[0]?.reason).toBe("f is too noisy");
    expect(report.verdict).toBe("undecided");
  });
});

describe("float32", () => {
  const square: F = (x) => Math.fround(x[0]! * x[0]!);

  test("an f that computes in float32 is recognized by its values, whatever holds x", () => {
    for (const x of [[6], Float64Array.of(6), Float32Array.of(6)]) {
      expect(verdict(square, [12], x)).toBe("ok");
      expect(verdict(square, [12.12], x)).toBe("wrong");
      expect(verdict(square, [3], x)).toBe("wrong");
    }
  });

  test("a slope that float32 cannot show is undecided", () => {
    expect(verdict((x) => Math.fround(1e8 + Math.sin(x[0]!)), [Math.cos(1)], [1])).toBe("undecided");
    expect(verdict(() => Math.fround(1.1), [0], [1])).toBe("ok");
    expect(verdict(() => Math.fround(1.1), [1], [1])).toBe("wrong");
  });
});

describe("the mean of tanh(X v) in float32, where most units are saturated", () => {
  // The elements of one magnitude have a slope of 8e-4, which three quotients show: with larger steps f is another function.
  const side = 632;
  const units = (x: ArrayLike<number>) => {
    const z = new Float64Array(side);
    for (let i = 0; i < x.length; i++) z[Math.floor(i / side)]! += x[i]! * Math.cos(i % side);
    return z.map(Math.tanh);
  };
  const f: F = (x) => Math.fround(units(x).reduce((sum, z) => sum + z, 0) / side);
  const x = Float32Array.from({ length: side ** 2 }, (_, i) => Math.sin(i));
  const z = units(x);
  const right = Float32Array.from(x, (_, i) => ((1 - z[Math.floor(i / side)]! ** 2) / side) * Math.cos(i % side));

  test("the right gradient of 399,424 elements passes", () => {
    expect(verdict(f, right, x)).toBe("ok");
  });

  test("elements of that magnitude which are a tenth too large are wrong", () => {
    const got = right.map((g) => (Math.abs(g) < 1.5e-6 && Math.abs(g) > 1.5e-9 ? 1.1 * g : g));
    expect(verdict(f, got, x)).toBe("wrong");
  });
});

test("in float32, elements that are lost in the rounding of f beside the others do not make it undecided", () => {
  const n = 2000;
  const x = Float32Array.from({ length: n }, (_, i) => Math.sin(i));
  const weight = (i: number) => 4 ** -(i % 16);
  const f: F = (v) => Math.fround(Array.from(v).reduce((sum, t, i) => sum + weight(i) * Math.tanh(t), 0) / n);
  const right = Float64Array.from(x, (t, i) => (weight(i) * (1 - Math.tanh(t) ** 2)) / n);
  expect(verdict(f, right, x)).toBe("ok");
  expect(verdict(f, right.map((value) => 1.01 * value), x)).toBe("wrong"); // biome-ignore format: a line
  expect(verdict(f, right.map((value, i) => (i % 16 === 1 ? 0 : value)), x)).toBe("wrong"); // biome-ignore format: a line
});

describe("an f that does not change", () => {
  test.each([7, 2000])("has a gradient of zeros, for %d elements, also in float32", (n) => {
    const steps: F = (v) => Math.fround(2.3 + Array.from(v).reduce((sum, t, i) => sum + Math.ceil(t) * (i % 3), 0));
    const x = Float32Array.from({ length: n }, (_, i) => 0.5 + 0.1 * Math.sin(i));
    expect(verdict(() => 2.3, new Float64Array(n), x)).toBe("ok");
    if (n < 1000) expect(verdict(steps, new Float64Array(n), x)).toBe("ok");
    expect(verdict(() => 2.3, new Float64Array(n).fill(1e-3), x)).toBe("wrong");
  });
});

describe("a mean over many elements", () => {
  const mean = (n: number, round: (value: number) => number, weight: number): F => {
    return (v) => {
      let sum = 0;
      for (let i = 0; i < n; i++) sum += Math.sin(v[i]!);
      return round(2.3 + (weight * sum) / n);
    };
  };
  const identity = (value: number) => value;
  const wrong: Record<string, (g: Float64Array) => Float64Array> = {
    zeroed: (g) => new Float64Array(g.length),
    "× 1.01": (g) => g.map((v) => 1.01 * v),
    "× 1.001": (g) => g.map((v) => 1.001 * v),
    negative: (g) => g.map((v) => -v),
    rolled: (g) => g.map((_, i) => g[(i + 1) % g.length]!),
    "zero in its last half": (g) => g.map((v, i) => (2 * i < g.length ? v : 0)),
  };

  describe.each([
    ["float64", 1, identity, 1],
    ["float64", 300, identity, 1e-3],
    ["float64", 1000, identity, 1],
    ["float64", 40_000, identity, 1],
    ["float32", 1, Math.fround, 1],
    ["float32", 300, Math.fround, 1],
    ["float32", 1000, Math.fround, 1],
    ["float32", 40_000, Math.fround, 1],
    ["float32", 400_000, Math.fround, 1],
  ] as const)("in %s, of %d elements", (type, n, round, weight) => {
    const values = Array.from({ length: n }, (_, i) => Math.sin(i));
    const x = type === "float32" ? Float32Array.from(values) : Float64Array.from(values);
    const f = mean(n, round, weight);
    const right = Float64Array.from(x, (v) => (weight * Math.cos(v)) / n);

    test("the right gradient passes, and x keeps its bits", () => {
      const before = x.slice();
      const report = check(f, right, x);
      expect(report.verdict).toBe("ok");
      if (n > 1000) expect(report.evaluations).toBeLessThan(80);
      expect(x).toEqual(before);
    });

    test.each(Object.keys(wrong))("the gradient is found wrong if it is %s", (name) => {
      const got = wrong[name]!(right);
      if (n === 1 && (name === "rolled" || name.includes("half"))) return;
      expect(verdict(f, got, x)).toBe("wrong");
    });

    test("one wrong element of float64 is found", () => {
      if (type === "float32" || n === 1) return;
      const got = right.slice();
      got[17]! *= 1.05;
      const report = check(f, got, x);
      expect(report.verdict).toBe("wrong");
      expect(report.worst[0]?.index).toBe(17);
    });
  });
});
