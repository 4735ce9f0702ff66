// The functions of the chapter give what their arguments are: a number, an array, a Matrix.
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
// @ts-expect-error: rows of numbers
matrix([1, 2]);
// @ts-expect-error: two sizes
pixels([1], new Uint8Array(1));
// @ts-expect-error: bytes
pixels([1, 2], [0, 1]);
// @ts-expect-error: not to be written to
m.shape[0] = 2;

exactly<number>()(dot([1, 2], vector));
exactly<Float64Array>()(dot([1], m));
exactly<Float64Array>()(dot(m, [1, 2]));
exactly<Matrix>()(dot(m, single));
// @ts-expect-error: no number
dot(1, [1]);

for (const f of [identity, stepFunction, sigmoid, relu]) {
  exactly<number>()(f(1));
  exactly<Float64Array>()(f([1, 2]));
  exactly<Float64Array>()(f(new Float32Array(2)));
  exactly<Matrix>()(f(m));
  exactly<Matrix>()(f(single));
  // @ts-expect-error: numbers
  f(["1"]);
}
exactly<Float64Array>()(softmax([1, 2]));
exactly<Matrix>()(softmax(m));
// @ts-expect-error: a softmax of one number is 1
softmax(1);

exactly<number>()(sumOfSquaresError([1, 0], 0));
exactly<typeof sumOfSquaresError>()(meanSquaredError);
exactly<number>()(crossEntropyError(m, [1], { reduction: "sum" }));
// @ts-expect-error: one of two words
crossEntropyError(m, [1], { reduction: "none" });
// @ts-expect-error: an option that there is not
crossEntropyError(m, [1], { epsilon: 1e-7 });
exactly<number>()(accuracy(m, [1]));
exactly<Matrix>()(confusionMatrix(m, [1], { classes: 2 }));
exactly<Float64Array>()(accuracyPerClass([0, 1], [0, 1]));
exactly<Float64Array>()(movingAverage([1, 2], 2));
// @ts-expect-error: the window has no default
movingAverage([1, 2]);
