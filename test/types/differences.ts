// What f receives is of the kind of x, and so is what comes back.
import {
  type AdaptiveJacobian,
  type CheckGradientOptions,
  checkGradient,
  type Derivative,
  type Descent,
  type DifferenceMethod,
  derivative,
  type GradientEntry,
  gradientDescent,
  gradientMatchers,
  jacobian,
  type Matrix,
  matrix,
  numericalDiff,
  numericalGradient,
  numericalGradientAsync,
  partialDerivative,
  tangentLine,
} from "numgrad";
import { exactly, some } from "./exactly.js";

const m = matrix([[1, 2]]);

exactly<"central" | "forward" | "backward">()(some<DifferenceMethod>());
exactly<number>()(numericalDiff((x) => x ** 2, 1, { h: 1e-3, method: "forward", bounds: [0, Infinity] }));
// @ts-expect-error: one of three words
numericalDiff((x) => x, 1, { method: "both" });
// @ts-expect-error: misspelt
numericalDiff((x) => x, 1, { relativestep: 1e-6 });
// @ts-expect-error: f gives a number
numericalDiff((x) => [x], 1);
exactly<(t: number) => number>()(tangentLine(Math.sin, 1));
exactly<Derivative>()(derivative(Math.exp, 0));
// @ts-expect-error: it finds the steps itself
derivative(Math.exp, 0, { relativeStep: 1e-6 });
exactly<number>()(partialDerivative((x) => x[0] ?? 0, [1, 2], 0));

const ofArray = numericalGradient(
  (x) => {
    exactly<number[]>()(x);
    return 0;
  },
  [1, 2],
);
exactly<Float64Array>()(ofArray);
const ofFloats = numericalGradient((x) => {
  exactly<Float32Array>()(x);
  return 0;
}, some<Float32Array>());
exactly<Float64Array>()(ofFloats);
const ofMatrix = numericalGradient((x) => {
  exactly<Matrix>()(x);
  return 0;
}, m);
exactly<Matrix>()(ofMatrix);
exactly<Matrix>()(numericalGradient((x) => x.data, m, { batchSize: 4, out: m }));
// @ts-expect-error: without batches f gives a number
numericalGradient((x) => x.data, m);
// @ts-expect-error: the gradient of an array is an array
numericalGradient((x) => x[0] ?? 0, [1, 2], { out: m });
exactly<Promise<Float64Array>>()(numericalGradientAsync(async (x: number[]) => x[0] ?? 0, [1, 2]));
exactly<Promise<Matrix>>()(numericalGradientAsync((x) => x.data[0] ?? 0, m, { signal: new AbortController().signal }));
exactly<Matrix>()(jacobian((x) => x, [1, 2]));
exactly<AdaptiveJacobian>()(jacobian((x) => x, [1, 2], { adaptive: true }));
// @ts-expect-error: adaptive steps are no steps of the caller's
jacobian((x) => x, [1, 2], { adaptive: true, relativeStep: 1e-6 });

exactly<Descent<Float64Array>>()(gradientDescent((x) => x[0] ?? 0, [1, 2], { learningRate: 0.1, steps: 3 }));
exactly<Descent<Matrix>>()(gradientDescent((x) => x.data[0] ?? 0, m));
exactly<"finished" | "diverged">()(some<Descent<Float64Array>>().status);
// @ts-expect-error: the descent takes no bounds
gradientDescent((x) => x[0] ?? 0, [1, 2], { bounds: [0, 1] });

const report = checkGradient((x) => x[0] ?? 0, [1, 0], [1, 2], { directions: false });
exactly<boolean>()(report.ok);
exactly<readonly GradientEntry[]>()(report.worst);
exactly<number | false | undefined>()(some<CheckGradientOptions>().directions);
// @ts-expect-error: a number of directions, or false for every element
checkGradient((x) => x[0] ?? 0, [1, 0], [1, 2], { directions: true });
exactly<boolean>()(gradientMatchers.toPassGradientCheck(report).pass);
