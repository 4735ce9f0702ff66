// Section 4.2.5, second half: the step function hides every small change, as accuracy does.
import {
  crossEntropyError,
  dot,
  type Matrix,
  matrix,
  numericalDiff,
  numericalGradient,
  sigmoid,
  softmax,
  stepFunction,
} from "numgrad";
import { heading, print } from "./print.js";

heading("4  Why the step function cannot be the activation");

print("slope at   step function   sigmoid");
for (const x of [-2, -0.5, 0, 0.5, 2]) {
  const [step, smooth] = [numericalDiff(stepFunction, x), numericalDiff(sigmoid, x)];
  print(String(x).padStart(8), String(step).padStart(15), "  ", smooth.toFixed(6));
}
// At 0 the quotient is (1 − 0) / 2h. This depends only on h, and not on the function.

// A network with either activation: how does its loss depend on the weights of the first layer?
const x = [0.6, 0.9];
const t = [0, 0, 1];
const W1 = matrix([
  [0.5, -0.3, 0.2],
  [-0.1, 0.4, -0.6],
]);
const W2 = matrix([
  [0.3, -0.2, 0.1],
  [-0.5, 0.6, 0.2],
  [0.1, -0.4, 0.7],
]);

function lossWith(activation: (a: Float64Array) => Float64Array): (W1: Matrix) => number {
  return (W1) => {
    const a1 = dot(x, W1);
    const z1 = activation(a1);
    const a2 = dot(z1, W2);
    const y = softmax(a2);
    return crossEntropyError(y, t);
  };
}

print("\ndW1 with the step function: no weight seems to matter");
print(numericalGradient(lossWith(stepFunction), W1));
print("dW1 with the sigmoid");
print(numericalGradient(lossWith(sigmoid), W1));
