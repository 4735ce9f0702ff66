// f receives the kind of x, and the gradient is of that kind too.
import {
  type Adapter,
  type AdaptiveJacobian,
  type AsFloats,
  assertGradient,
  type CheckGradientOptions,
  checkGradient,
  checkGradientAsync,
  checkHessian,
  checkJacobian,
  type Derivative,
  type Descent,
  type DifferenceMethod,
  derivative,
  directionalDerivative,
  type GradientAt,
  type GradientEntry,
  type GradientReport,
  gradientDescent,
  gradientMatchers,
  hessian,
  hessianVectorProduct,
  jacobian,
  type Matrix,
  matrix,
  numericalDiff,
  numericalGradient,
  numericalGradientAsync,
  type PointLike,
  type Points,
  partialDerivative,
  type Received,
  tangentLine,
} from "numgrad";
import { exactly, some } from "./exactly.js";

const m = matrix([[1, 2]]);

exactly<"central" | "forward" | "backward">()(some<DifferenceMethod>());
exactly<number>()(numericalDiff((x) => x ** 2, 1, { h: 1e-3, method: "forward", bounds: [0, Infinity] }));
// @ts-expect-error: there are three methods
numericalDiff((x) => x, 1, { method: "both" });
// @ts-expect-error: the option is misspelt
numericalDiff((x) => x, 1, { relativestep: 1e-6 });
// @ts-expect-error: f must return a number
numericalDiff((x) => [x], 1);
exactly<(t: number) => number>()(tangentLine(Math.sin, 1));
exactly<Derivative>()(derivative(Math.exp, 0));
// @ts-expect-error: derivative chooses h itself
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
// @ts-expect-error: without batches f must return a number
numericalGradient((x) => x.data, m);
// @ts-expect-error: the gradient of an array is an array
numericalGradient((x) => x[0] ?? 0, [1, 2], { out: m });
// @ts-expect-error: an array of integers cannot hold x + h
numericalGradient(() => 0, new Int32Array(2));
const single = some<Matrix<Float32Array>>();
numericalGradient(
  (points) => {
    exactly<Matrix<Float32Array>>()(points);
    return [];
  },
  single,
  { batchSize: 4 },
);
numericalGradient(
  (points) => {
    exactly<Matrix>()(points);
    return [];
  },
  [1, 2],
  { batchSize: 4 },
);
// x may be of several kinds, a tuple, or a literal that looks like a Matrix.
const several = numericalGradient((x) => {
  exactly<number[] | Matrix>()(x);
  return 0;
}, some<number[] | Matrix>());
exactly<Float64Array | Matrix>()(several);
const ofTuple = numericalGradient((x) => {
  exactly<number[]>()(x);
  return 0;
}, some<readonly [1, 2]>());
exactly<Float64Array>()(ofTuple);
const ofLiteral = numericalGradient(
  (x) => {
    exactly<Matrix>()(x);
    return 0;
  },
  { shape: [1, 2], data: some<Float64Array>() },
);
exactly<Matrix>()(ofLiteral);
// A function of the caller's own may pass its arguments on.
function doubled<X extends PointLike>(f: (x: Received<X>) => number, x: X): GradientAt<X> {
  return numericalGradient((point) => 2 * f(point), x);
}
exactly<Matrix>()(doubled((x) => x.data[0] ?? 0, m));
exactly<Matrix<Float32Array>>()(some<Points<Float32Array>>());
exactly<Float64Array>()(some<AsFloats<number[]>>());

exactly<Promise<Float64Array>>()(numericalGradientAsync(async (x: number[]) => x[0] ?? 0, [1, 2]));
exactly<Promise<Matrix>>()(numericalGradientAsync((x) => x.data[0] ?? 0, m, { signal: new AbortController().signal }));
exactly<Promise<Matrix>>()(numericalGradientAsync(async (x) => x.data, m, { batchSize: 4 }));
const ofVector = jacobian(
  (x) => {
    exactly<Float64Array>()(x);
    return x;
  },
  [1, 2],
);
exactly<Matrix>()(ofVector);
exactly<AdaptiveJacobian>()(jacobian((x) => x, [1, 2], { adaptive: true }));
// @ts-expect-error: an adaptive Jacobian chooses h itself
jacobian((x) => x, [1, 2], { adaptive: true, relativeStep: 1e-6 });

exactly<Matrix>()(hessian((x) => x[0] ?? 0, [1, 2]));
exactly<AdaptiveJacobian>()(hessian((x) => x.data[0] ?? 0, m, { adaptive: true, h: 0.1 }));
exactly<Float64Array>()(hessianVectorProduct((x) => x[0] ?? 0, [1, 2], [3, 4]));
exactly<Matrix>()(hessianVectorProduct((x) => x.data[0] ?? 0, m, m));
exactly<AdaptiveJacobian<Float64Array>>()(hessianVectorProduct((x) => x[0] ?? 0, [1], [3], { adaptive: true }));
exactly<number>()(directionalDerivative((x) => x[0] ?? 0, [1, 2], [3, 4]));
exactly<Derivative>()(directionalDerivative((x) => x[0] ?? 0, [1, 2], [3, 4], { adaptive: true }));
// @ts-expect-error: a vector at an array is an array
directionalDerivative((x) => x[0] ?? 0, [1, 2], m);
// @ts-expect-error: the steps are central
hessian((x) => x[0] ?? 0, [1, 2], { method: "forward" });

exactly<GradientReport>()(checkJacobian((x) => x, matrix([[1]]), [1], { directions: 2, rtol: 1e-3 }));
checkJacobian(
  (x) => x,
  [
    [1, 0],
    [0, 1],
  ],
  [1, 2],
);
checkJacobian(
  (x) => x.data,
  {
    vjp: (x, u) => {
      exactly<Matrix>()(x);
      exactly<Float64Array>()(u);
      return x;
    },
  },
  m,
);
checkJacobian((x) => x, { jvp: (x: Float64Array, v: Float64Array) => [x[0] ?? 0, v[0] ?? 0] }, [1, 2]);
// @ts-expect-error: a product is vjp or jvp
checkJacobian((x) => x, { hvp: (x: Float64Array) => x }, [1, 2]);
exactly<GradientReport>()(
  checkHessian(
    (x) => x[0] ?? 0,
    () => [[0]],
    [1],
    { seed: 1 },
  ),
);
checkHessian((x) => x[0] ?? 0, { hvp: (x: number[], v: Float64Array) => [x[0] ?? 0, v[0] ?? 0] }, [1, 2]);
// @ts-expect-error: the steps of a Hessian suit f
checkHessian((x) => x[0] ?? 0, [[0]], [1], { h: 1 });

exactly<Descent<Float64Array>>()(gradientDescent((x) => x[0] ?? 0, [1, 2], { learningRate: 0.1, steps: 3 }));
exactly<Descent<Matrix>>()(gradientDescent((x) => x.data[0] ?? 0, m));
exactly<Descent<Matrix<Float32Array>>>()(gradientDescent((x) => x.data[0] ?? 0, single));
exactly<Descent<Float32Array>>()(gradientDescent((x) => x[0] ?? 0, some<Float32Array>()));
exactly<"finished" | "diverged">()(some<Descent<Float64Array>>().status);
// @ts-expect-error: a descent has no bounds
gradientDescent((x) => x[0] ?? 0, [1, 2], { bounds: [0, 1] });

const report = checkGradient((x) => x[0] ?? 0, [1, 0], [1, 2], { directions: false });
exactly<boolean>()(report.ok);
const ofFunction = checkGradient(
  (x) => x.data[0] ?? 0,
  (x) => {
    exactly<Matrix>()(x);
    return x;
  },
  m,
);
exactly<boolean>()(ofFunction.ok);
// @ts-expect-error: the gradient of an array is an array
checkGradient((x) => x[0] ?? 0, m, [1, 2]);
exactly<readonly GradientEntry[]>()(report.worst);
exactly<number | false | undefined>()(some<CheckGradientOptions>().directions);
// @ts-expect-error: directions is a number, or false for every element
checkGradient((x) => x[0] ?? 0, [1, 0], [1, 2], { directions: true });
exactly<boolean>()(gradientMatchers.toPassGradientCheck(report).pass);
exactly<Promise<GradientReport>>()(
  checkGradientAsync(
    async (x) => x[0] ?? 0,
    async () => [1, 0],
    [1, 2],
  ),
);
exactly<void>()(assertGradient((x) => x[0] ?? 0, [1, 0], [1, 2]));
exactly<Promise<void>>()(
  assertGradient(
    async (x) => x[0] ?? 0,
    (x) => x,
    [1, 2],
  ),
);
exactly<Promise<void>>()(
  assertGradient(
    (x) => x[0] ?? 0,
    async (x) => x,
    [1, 2],
  ),
);
exactly<void | Promise<void>>()(assertGradient(({ w }) => w, { w: 1 }, { w: 1 }));
// @ts-expect-error: the gradient of a number is a number
assertGradient(({ w }) => w, { w: "1" }, { w: 1 });

// A tree: f receives one of the same structure, and so is the gradient.
interface Layer {
  readonly w: Matrix;
  readonly b: readonly number[];
}
interface Model {
  readonly scale: number;
  readonly layers: readonly Layer[];
  readonly pair: readonly [Float32Array, Matrix<Float32Array>];
}
const model = some<Model>();
interface ReceivedModel {
  scale: number;
  layers: { w: Matrix; b: number[] }[];
  pair: [Float32Array, Matrix<Float32Array>];
}
interface GradientOfModel {
  scale: number;
  layers: { w: Matrix; b: Float64Array }[];
  pair: [Float64Array, Matrix];
}
const ofTree = numericalGradient((x) => {
  exactly<ReceivedModel>()(x);
  return 0;
}, model);
exactly<GradientOfModel>()(ofTree);
exactly<Promise<{ a: number }>>()(numericalGradientAsync(async (x) => x.a, { a: 1 }));
exactly<{ a: Matrix; b: Matrix[] }>()(jacobian((x) => [x.a], { a: 1, b: [[2]] }));
exactly<AdaptiveJacobian<{ a: Matrix }>>()(jacobian((x) => [x.a], { a: 1 }, { adaptive: true }));
exactly<Matrix>()(hessian((x) => x.a, { a: 1, b: [[2]] }));
exactly<GradientOfModel>()(hessianVectorProduct((x) => x.scale, model, model));
exactly<number>()(directionalDerivative((x) => x.a, { a: 1 }, { a: 2 }));
// @ts-expect-error: the vector has another structure
directionalDerivative((x) => x.a, { a: 1 }, { b: 2 });
checkJacobian((x) => [x.a], { jvp: (x, v) => [x.a + v.a] }, { a: 1 });
checkHessian((x) => x.a, { hvp: (x, v) => ({ a: x.a + v.a }) }, { a: 1 });
exactly<Float64Array[]>()(numericalGradient((x) => x[0]?.[0] ?? 0, [[1, 2], [3]]));
checkGradient((x) => x.scale, some<GradientOfModel>(), model);
checkGradient(
  (x) => x.scale,
  (x) => x,
  model,
);
// @ts-expect-error: the gradient has another structure
checkGradient((x) => x.a, { b: 1 }, { a: 1 });
// @ts-expect-error: a string is no number
numericalGradient((x) => x.a, { a: 1, name: "w" });
// @ts-expect-error: a Map is no tree
numericalGradient(() => 0, { a: new Map([["w", 1]]) });
// @ts-expect-error: f must return a number
numericalGradient((x) => [x.a], { a: 1 });
// @ts-expect-error: a tree has no out
numericalGradient((x) => x.a, { a: 1 }, { out: m });
numericalGradient((x) => x.a, { a: 1 }, { bounds: [{ a: 0 }, 2] });

class Tensor {
  readonly #secret = 1;
  constructor(
    readonly values: Float32Array,
    readonly shape: readonly number[],
  ) {}
  sum(): Tensor {
    return this.#secret ? this : this;
  }
}
const adapter: Adapter<Tensor> = {
  is: (value) => value instanceof Tensor,
  toArray: (tensor) => tensor.values,
  fromArray: (array, like) => new Tensor(Float32Array.from(array), like.shape),
};
const tensors = { w: some<Tensor>(), layers: [{ b: some<Tensor>(), scale: 1 }] };
const ofTensors = numericalGradient(
  (x) => {
    exactly<{ w: Tensor; layers: { b: Tensor; scale: number }[] }>()(x);
    return x.w.sum();
  },
  tensors,
  { adapter },
);
exactly<{ w: Tensor; layers: { b: Tensor; scale: number }[] }>()(ofTensors);
exactly<Tensor>()(numericalGradient((x) => x.sum(), some<Tensor>(), { adapter }));
checkGradient((x) => x.w.sum(), ofTensors, tensors, { adapter });
exactly<Matrix>()(hessian((x) => x.w.sum(), tensors, { adapter }));
checkJacobian((x) => x.w, { vjp: (x) => x }, tensors, { adapter });
checkHessian((x) => x.w.sum(), { hvp: (_, v) => v }, tensors, { adapter });
exactly<typeof ofTensors>()(hessianVectorProduct((x) => x.w.sum(), tensors, ofTensors, { adapter }));
