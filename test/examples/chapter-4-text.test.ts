import { describe, expect, test } from "vitest";
import { plot } from "../../examples/chapter-4/src/plot.js";
import { format, tuple } from "../../examples/chapter-4/src/print.js";
import { matrix } from "../../packages/numgrad/src/shape.js";

describe("arrays are printed as NumPy prints them", () => {
  // The strings are str(np.array(…)) of NumPy 2.4.6.
  test.each([
    [[6.00000000000378, 7.999999999999119], "[6. 8.]"],
    [[1.054148091, 0.630716529, 1.132807401], "[1.05414809 0.63071653 1.1328074 ]"],
    [[-3, 4], "[-3.  4.]"],
    [[0, 0], "[0. 0.]"],
    [[0, 0.25], "[0.   0.25]"],
    [[-6.111107928998789e-10, 8.148143905314271e-10], "[-6.11110793e-10  8.14814391e-10]"],
    [[-25898374737328.363, 5], "[-2.58983747e+13  5.00000000e+00]"],
    [[1000, 1], "[1000.    1.]"],
    [[1001, 1], "[1.001e+03 1.000e+00]"],
    [[1e8], "[1.e+08]"],
    [[0.0001, 0.05], "[0.0001 0.05  ]"],
    [[0.00009, 0.05], "[9.e-05 5.e-02]"],
  ])("%j", (values, text) => {
    expect(format(values)).toBe(text);
    expect(format(Float64Array.from(values))).toBe(text);
  });

  test("matrices row by row, integers aligned, other values as JavaScript has them", () => {
    expect(format(matrix([[0.137304, -0.5], [2, 1]]))).toBe("[[ 0.137304 -0.5     ]\n [ 2.        1.      ]]"); // biome-ignore format: a line
    expect(format(Int32Array.of(2732, 43567))).toBe("[ 2732 43567]");
    expect([format(0.1999999999990898), format("text"), format(true)]).toEqual(["0.1999999999990898", "text", "true"]);
    expect([tuple([784, 50]), tuple([50])]).toEqual(["(784, 50)", "(50,)"]);
  });
});

test("a plot goes from corner to corner, and the first curve lies on top", () => {
  const [start, middle, end] = [[0, 1], [5, 1], [10, 1]] as const; // biome-ignore format: points
  const rising = { mark: "a", points: [start, [10, 5]] } as const;
  const lines = plot([rising, { mark: "b", points: [start, middle, end] }], "steps").split("\n");
  expect(lines.length).toBe(16);
  expect(lines[0]).toMatch(/^5 │ +aaa$/);
  expect(lines[1]).toMatch(/^ {2}│ +a+$/);
  expect(lines[13]).toMatch(/^1 │aaab{61}$/);
  expect(lines[14]).toBe(`  └${"─".repeat(64)}`);
  expect(lines[15]).toMatch(/^ {3}0 {61}10 {2}steps$/);
});
