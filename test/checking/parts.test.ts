import { checkGradient } from "numgrad";
import { describe, expect, test } from "vitest";

// A tree of many arrays: neighbours are compared together, and the report still says which of them is wrong.

type Arrays = Record<string, Float64Array | Float32Array>;
const ARRAYS = { double: Float64Array, single: Float32Array };

/** f = Σ sin / n over all arrays, those of `small` times 1e-5. */
function example(n: number, kind: "double" | "single", small: readonly string[] = []) {
  const round = kind === "single" ? Math.fround : (value: number) => value;
  const scale = (name: string) => (small.includes(name) ? 1e-5 : 1) / n;
  const names = Array.from({ length: n }, (_, k) => `w${k}`);
  const sines = (k: number) => new ARRAYS[kind](Array.from({ length: 30 }, (_, i) => Math.sin(30 * k + i)));
  const x: Arrays = Object.fromEntries(names.map((name, k) => [name, sines(k)]));
  const sum = (w: Arrays[string]) => Array.from(w, Math.sin).reduce((a, b) => a + b, 0);
  const f = (tree: Arrays) => round(Object.entries(tree).reduce((total, [name, w]) => total + scale(name) * sum(w), 0));
  const gradient = (factors: Record<string, number>) => (tree: Arrays) =>
    Object.fromEntries(
      Object.entries(tree).map(([name, w]) => [
        name,
        Array.from(w, (value) => Math.cos(value) * scale(name) * (factors[name] ?? 1)),
      ]),
    );
  const notOk = (factors: Record<string, number>) => {
    const report = checkGradient(f, gradient(factors), x);
    expect(report.parts.map(({ name }) => name).sort()).toEqual([...names].sort());
    return { report, names: report.parts.filter(({ verdict }) => verdict !== "ok").map(({ name }) => name) };
  };
  return { f, x, gradient, notOk };
}

describe.each(["double", "single"] as const)("in %s precision", (kind) => {
  describe.each([40, 100])("a tree of %d arrays", (n) => {
    const { notOk } = example(n, kind);

    test("is right in every array if its gradient is, with fewer directions than arrays", () => {
      const { report, names } = notOk({});
      expect(report.verdict).toBe("ok");
      expect(names).toEqual([]);
      expect(report.checked).toBeLessThan(36);
    });

    test.each([
      ["w7", 1.01],
      ["w7", -1],
      ["w33", 1.001],
      [`w${n - 1}`, 0],
      ["w0", 1.01],
    ])("has its error in %s alone if that is multiplied by %d", (name, factor) => {
      const { report, names } = notOk({ [name]: factor });
      expect(report.verdict).toBe("wrong");
      expect(names).toEqual([name]);
      expect(String(report)).toContain(`gradient wrong in ${name}: `);
    });

    test("names two arrays that are wrong, also if their errors cancel", () => {
      expect(notOk({ w4: 1.01, w5: 0.99 }).names).toEqual(["w4", "w5"]);
      expect(notOk({ w8: 1.01, w30: -1 }).names).toEqual(["w8", "w30"]);
    });
  });
});

test("an array whose slopes are small beside those of its neighbours is compared by itself", () => {
  const { notOk } = example(40, "double", ["w6"]);
  expect(notOk({}).names).toEqual([]);
  expect(notOk({ w6: 1.01 }).names).toEqual(["w6"]);
});
