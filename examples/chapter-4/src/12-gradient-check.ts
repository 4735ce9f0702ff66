// Sections 4.5 and 5.7.3: backpropagation is hard to write, but easy to check with a numerical gradient.
import { checkGradient, loadMnist, TwoLayerNet } from "numgrad";
import { mnistDirectory } from "numgrad-mnist-files";
import { heading, print } from "./print.js";

heading("12  Backpropagation, checked");

const { train } = await loadMnist({ directory: mnistDirectory() });
const net = new TwoLayerNet({ inputSize: 784, hiddenSize: 50, outputSize: 10, random: 0 });
const { x: xBatch, t: tBatch } = train.batch([0, 1, 2]);

const gradNumerical = net.numericalGradient(xBatch, tBatch);
const gradBackprop = net.gradient(xBatch, tBatch);

print("mean of |backpropagation − central difference|");
for (const key of ["w1", "b1", "w2", "b2"] as const) {
  const differences = gradBackprop[key].map((slope, i) => Math.abs(slope - gradNumerical[key][i]));
  const mean = differences.reduce((sum, difference) => sum + difference) / differences.length;
  print(`  ${key}:`, mean);
}
// These differences are not rounding. Backpropagation leaves out the 1e-7 inside the logarithm, which is 1e-6 of a
// probability of 0.1.

// checkGradient uses differences of the loss itself, here along the signs of the slopes and in two random directions of the 39,200 weights.
const loss = () => net.loss(xBatch, tBatch);
print("\nW1:", String(checkGradient(loss, gradBackprop.w1, net.params.w1)));

// One wrong slope of 500 is found.
const wrong = gradBackprop.w2.slice();
wrong[123] *= 1.1;
print("\nW2 with one wrong slope:", String(checkGradient(loss, wrong, net.params.w2)));
