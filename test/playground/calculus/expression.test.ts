import { describe, expect, test } from "vitest";
import { ExpressionError, parseExpression } from "../../../packages/playground/src/calculus/expression.js";

const at = (text: string, x: number) => parseExpression(text).value(x, (value) => value);
const slopeAt = (text: string, x: number) => parseExpression(text).slope(x);

describe("an expression that a reader types", () => {
  test.each([
    ["2 + 3*4", 14],
    ["-x^2", -9],
    ["2^3^2", 512],
    ["2^-1", 0.5],
    ["2x", 6],
    ["2(x + 1)", 8],
    ["x sin(0)", 0],
    ["(x - 1)(x + 1)", 8],
    ["1/2x", 1.5],
    ["1e-2x", 0.03],
    ["2e", 2 * Math.E],
    ["x²", 9],
    ["x²3", 27],
    ["2x² + 1", 19],
    ["-x²", -9],
    ["3 − 5", -2],
    ["- -x", 3],
    ["ln(e)", 1],
  ])("%s is %d at 3", (text, value) => {
    expect(at(text, 3)).toBeCloseTo(value, 12);
  });

  test.each([
    ["x^3", (x: number) => 3 * x ** 2],
    ["sin(2x)", (x: number) => 2 * Math.cos(2 * x)],
    ["exp(x)/x", (x: number) => (Math.exp(x) * (x - 1)) / x ** 2],
    ["x^x", (x: number) => x ** x * (Math.log(x) + 1)],
    ["sigmoid(x)", (x: number) => Math.exp(-x) / (1 + Math.exp(-x)) ** 2],
    ["tanh(x) tan(x)", (x: number) => Math.tan(x) / Math.cosh(x) ** 2 + Math.tanh(x) / Math.cos(x) ** 2],
    ["sqrt(x) - log(x) + abs(x)", (x: number) => 0.5 / Math.sqrt(x) - 1 / x + 1],
  ] as const)("the slope of %s is that of its rule", (text, slope) => {
    for (const x of [0.3, 1, 1.4]) expect(slopeAt(text, x)).toBeCloseTo(slope(x), 12);
  });

  test("a negative base has a slope under a constant exponent", () => {
    expect(slopeAt("x^2", -3)).toBe(-6);
  });

  test("each operation is rounded to the precision", () => {
    expect(parseExpression("x + 1").value(1e-9, Math.fround)).toBe(1);
    expect(parseExpression("0.1").value(0, Math.fround)).toBe(Math.fround(0.1));
  });

  test.each([
    ["", 0],
    ["2 +", 3],
    ["(x", 2],
    ["x)", 1],
    ["2 $ 3", 2],
    ["y", 0],
    ["sin x", 4],
    ["constructor", 0],
    ["alert(1)", 0],
    ["x..y", 1],
    ["x² + $", 5],
    ["(".repeat(60), 31],
    ["1".repeat(500), 100],
  ])("%j is refused, with the place of its fault", (text, position) => {
    const error = (() => {
      try {
        return parseExpression(text);
      } catch (thrown) {
        return thrown;
      }
    })();
    expect(error).toBeInstanceOf(ExpressionError);
    expect((error as ExpressionError).position).toBe(position);
  });
});
