import { describe, expect, test } from "vitest";
import { parseExpression } from "../../../packages/playground/src/calculus/expression.js";
import { errorOf, quotientOf, regimeOf, STEPS } from "../../../packages/playground/src/calculus/quotients.js";

const sine = parseExpression("sin(x)");

describe("the error of a difference quotient", () => {
  test("steps go from 1e-17 to 1", () => {
    expect([STEPS[0], STEPS[104], STEPS[136]]).toEqual([1e-17, 1e-4, 1]);
    expect(STEPS).toHaveLength(137);
    expect(STEPS.every((h, i) => i === 0 || h > STEPS[i - 1]!)).toBe(true);
  });

  test("falls by 100 for a tenth of h by central differences, and by 10 by forward ones", () => {
    const fall = (kind: "central" | "forward") =>
      errorOf(sine, 1, 1e-2, kind, "float64") / errorOf(sine, 1, 1e-3, kind, "float64");
    expect(fall("central")).toBeCloseTo(100, 1);
    expect(fall("forward")).toBeCloseTo(10, 1);
  });

  test("h = 1e-4 is a good choice, and 1e-12 is not", () => {
    const error = (h: number) => errorOf(sine, 1, h, "central", "float64");
    expect(error(1e-4)).toBeLessThan(1e-8);
    expect(error(1e-12)).toBeGreaterThan(1e-6);
    expect([1e-1, 1e-4, 1e-12, 1e-17].map((h) => regimeOf(sine, 1, h, "float64"))).toEqual([
      "truncation",
      "truncation",
      "rounding",
      "lost",
    ]);
  });

  test("has no truncation where the third derivative is 0, as for the parabola of the book", () => {
    const regimesOf = (text: string, x: number) =>
      [1, 1e-1, 1e-4, 1e-12].map((h) => regimeOf(parseExpression(text), x, h, "float64"));
    for (const x of [-4, -0.3, 1, 3.95]) {
      expect(regimesOf("0.01x^2 + 0.1x", x)).toEqual(Array(4).fill("exact"));
      expect(regimesOf("2x", x)).toEqual(Array(4).fill("exact"));
      expect(regimesOf("x^3 - x", x)).not.toContain("exact");
      expect(regimesOf("0.001x^3 + x^2", x)).not.toContain("exact");
      expect(regimesOf("sin(x)", x)).not.toContain("exact");
      expect(regimesOf("sigmoid(x)", x)).not.toContain("exact");
    }
  });

  test("float32 needs a larger h, and loses it earlier", () => {
    expect(regimeOf(sine, 1, 1e-4, "float32")).toBe("rounding");
    expect(quotientOf(sine, 1, 1e-9, "central", "float32")).toBe(0);
    expect(quotientOf(sine, 1, 1e-9, "central", "float64")).toBeCloseTo(Math.cos(1), 6);
  });
});
