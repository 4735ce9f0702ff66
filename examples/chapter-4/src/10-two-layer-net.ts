// Section 4.5.1: a network of two layers, and a gradient of the same shape for each of its arrays.
import { numericalGradient, RandomState, TwoLayerNet } from "numgrad";
import { heading, print, tuple } from "./print.js";

heading("10  A network of two layers");

const random = new RandomState(0);
const net = new TwoLayerNet({ inputSize: 784, hiddenSize: 50, outputSize: 10, random });
// In numgrad these arrays are flat, row after row. In the book they have these shapes.
const shapes = { w1: [784, 50], b1: [50], w2: [50, 10], b2: [10] } as const;

// Note 001 tries the network with random data: a hundred images of noise, and ten random numbers as targets for each.
const x = { shape: [100, 784], data: random.random(100 * 784) } as const;
const t = { shape: [100, 10], data: random.random(100 * 10) } as const;
const y = net.predict(x);
print("y", tuple(y.shape));

// Every loss is computed, for targets that are not labels too.
const grads = net.numericalGradient(x, t);
for (const [name, shape] of Object.entries(shapes)) {
  const { length } = grads[name as keyof typeof shapes];
  print(`  ${name}`, tuple(shape).padEnd(10), `${length} numbers`);
}

// A row of targets should add up to 1. These add up to about 5, so the loss is five times the loss of guessing.
print("sum of all targets / 100:", t.data.reduce((sum, value) => sum + value) / 100);
print("loss:                    ", net.loss(x, t));

// With labels, as in MNIST, the gradient takes milliseconds.
const labels = random.choice(10, 100);
const begin = performance.now();
const fast = net.numericalGradient(x, labels);
print(`with labels: ${(performance.now() - begin).toFixed(0)} ms`);

// The result is that of the book's loop: the difference quotient of the loss, for each number of each array.
//   grads['b1'] = numerical_gradient(loss_W, self.params['b1'])
// (W1 is left out here, because it takes the loop half a minute.)
const lossW = () => net.loss(x, labels);
print("largest difference from the book's loop, which loses digits where two losses cancel");
for (const name of ["b1", "w2", "b2"] as const) {
  const slow = numericalGradient(lossW, net.params[name]);
  const difference = Math.max(...slow.map((slope, i) => Math.abs(slope - fast[name][i])));
  print(`  ${name}`, difference.toExponential(1));
}
