// The functions of the chapter return the kind of their argument: a number, an array or a Matrix.
import {
  accuracy,
  accuracyPerClass,
  confusionMatrix,
  crossEntropyError,
  dot,
  identity,
  type Matrix,
  matrix,
  meanSquaredError,
  movingAverage,
  type Pixels,
  pixels,
  relu,
  sigmoid,
  softmax,
  stepFunction,
  sumOfSquaresError,
} from "numgrad";
import { exactly, some } from "./exactly.js";

const m = matrix([[1, 2]]);
const single = some<Matrix<Float32Array>>();
const vector = Float64Array.of(1, 2);

exactly<Matrix>()(m);
exactly<Float64Array>()(m.data);
exactly<Pixels>()(pixels([1, 2], new Uint8Array(2)));
// @ts-expect-error: the argument has rows of numbers
matrix([1, 2]);
// @ts-expect-error: a shape has two sizes
pixels([1], new Uint8Array(1));
// @ts-expect-error: the values are bytes
pixels([1, 2], [0, 1]);
// @ts-expect-error: a shape is read-only
m.shape[0] = 2;

exactly<number>()(dot([1, 2], vector));
exactly<Float64Array>()(dot([1], m));
exactly<Float64Array>()(dot(m, [1, 2]));
exactly<Matrix>()(dot(m, single));
// @ts-expect-error: a number is not a vector
dot(1, [1]);

for (const f of [identity, stepFunction, sigmoid, relu]) {
  exactly<number>()(f(1));
  exactly<Float64Array>()(f([1, 2]));
  exactly<Float64Array>()(f(new Float32Array(2)));
  exactly<Matrix>()(f(m));
  exactly<Matrix>()(f(single));
  // @ts-expect-error: the elements are numbers
  f(["1"]);
}
exactly<Float64Array>()(softmax([1, 2]));
exactly<Matrix>()(softmax(m));
// @ts-expect-error: softmax takes no number, it would always give 1
softmax(1);

exactly<number>()(sumOfSquaresError([1, 0], 0));
exactly<typeof sumOfSquaresError>()(meanSquaredError);
exactly<number>()(crossEntropyError(m, [1], { reduction: "sum" }));
// @ts-expect-error: there are two reductions
crossEntropyError(m, [1], { reduction: "none" });
// @ts-expect-error: there is no such option
crossEntropyError(m, [1], { epsilon: 1e-7 });
exactly<number>()(accuracy(m, [1]));
exactly<Matrix>()(confusionMatrix(m, [1], { classes: 2 }));
exactly<Float64Array>()(accuracyPerClass([0, 1], [0, 1]));
exactly<Float64Array>()(movingAverage([1, 2], 2));
// @ts-expect-error: the window has no default
movingAverage([1, 2]);
