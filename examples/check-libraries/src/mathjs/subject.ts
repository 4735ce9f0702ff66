import { type Case, casesOf, type Foreign, type Operation, within } from "../case.js";
import { SHARED } from "../elementwise.js";
import type { Ready } from "../libraries.js";
import { type Problem, partsOf, type Subject } from "../problem.js";

/** Expressions in x, and where they are differentiable. */
const EXPRESSIONS: readonly (readonly [expression: string, low: number, high: number])[] = [
  ...SHARED.map(([op, low, high]) => [`${op}(x)`, low, high] as const),
  ["acot(x)", 0.3, 3],
  ["acot(x)", -3, -0.3],
  ["acoth(x)", 1.1, 3],
  ["acoth(x)", -3, -1.1],
  ["acsc(x)", 1.1, 3],
  ["acsc(x)", -3, -1.1],
  ["acsch(x)", 0.3, 3],
  ["acsch(x)", -3, -0.3],
  ["asec(x)", 1.1, 3],
  ["asec(x)", -3, -1.1],
  ["asech(x)", 0.1, 0.9],
  ["cbrt(x)", 0.3, 3],
  ["cbrt(x)", -3, -0.3],
  ["cot(x)", 0.3, 2.5],
  ["coth(x)", 0.3, 2],
  ["coth(x)", -2, -0.3],
  ["csc(x)", 0.3, 2.5],
  ["csch(x)", 0.3, 2],
  ["csch(x)", -2, -0.3],
  ["log(x, 2)", 0.3, 3],
  ["log(x, x + 3)", 0.3, 3],
  ["log(2, x)", 1.5, 3],
  ["log10(x)", 0.3, 3],
  ["log2(x)", 0.3, 3],
  ["nthRoot(x)", 0.3, 3],
  ["nthRoot(x, 3)", 0.3, 3],
  ["nthRoot(x, 3)", -3, -0.3],
  ["nthRoot(x^2 + 1, 4)", -2, 2],
  ["pow(x, 3)", -2, 2],
  ["pow(2, x)", -2, 2],
  ["sec(x)", -1.2, 1.2],
  ["sech(x)", -2, 2],
  ["x^3 - 2 x^2 + x", -2, 2],
  ["x^x", 0.3, 2],
  ["x^(-2)", 0.3, 2],
  ["x^0.5", 0.3, 2],
  ["(x + 1) / (x^2 + 1)", -2, 2],
  ["1 / x", 0.3, 2],
  ["2 / (3 x)", 0.3, 2],
  ["-x^2", -2, 2],
  ["x sin(x) exp(x)", -2, 2],
  ["sin(cos(x))", -2, 2],
  ["exp(-x^2 / 2)", -2, 2],
  ["(x^2)^x", 0.3, 2],
  ["sqrt(1 - x^2)", -0.8, 0.8],
  ["log(abs(x))", -2, -0.3],
  ["(2 x + 1)^(3 x)", 0.3, 1],
  ["cube(x)", -2, 2],
  ["gamma(x)", 1.2, 3],
  ["add(x, x^2)", -2, 2],
  ["multiply(x, x)", -2, 2],
  ["divide(x, 2)", -2, 2],
  ["subtract(1, x)", -2, 2],
  ["unaryMinus(x)", -2, 2],
  ["x > 0 ? x^2 : x", 0.3, 2],
];

/** A function of x in mathjs, at some points. */
interface Compiled {
  evaluate(scope: { x: number }): number;
}

const operations = EXPRESSIONS.map(([expression, low, high]): Operation => {
  return [expression, [within(low, high, 3)], (mathjs: Foreign) => mathjs];
});

/** mathjs, whose `derivative` makes an expression of an expression. */
export function mathjs({ load }: Ready): Subject {
  const math = load("mathjs");
  return {
    library: "mathjs",
    backend: "float64",
    cases: casesOf(operations),
    outputs: (_: Case, [input]) => input!.values.length,
    problem(example, { inputs, weights }): Problem {
      const f = math.compile(example.op) as unknown as Compiled;
      const values = (compiled: Compiled, x: ArrayLike<number>) =>
        Array.from(partsOf(x as Float64Array, inputs)[0]!, (number) => compiled.evaluate({ x: number }));
      return {
        x: Float64Array.from(inputs[0]!.values),
        f: (x) => values(f, x).reduce((sum, value, i) => sum + weights[i]! * value, 0),
        gradient: (x) => {
          const derivative = (math.derivative(example.op, "x") as unknown as { compile(): Compiled }).compile();
          return values(derivative, x).map((value, i) => weights[i]! * value);
        },
      };
    },
  };
}
