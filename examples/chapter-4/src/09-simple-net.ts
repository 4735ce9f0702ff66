// Section 4.4.2: the gradient of a network's loss by its weights. The weights are those of two of the notes.
import { crossEntropyError, dot, type Matrix, matrix, numericalGradient, softmax } from "numgrad";
import { heading, print } from "./print.js";

heading("9  A simple network");

class SimpleNet {
  readonly W: Matrix;

  constructor(W: Matrix) {
    this.W = W; // in the book random: np.random.randn(2, 3)
  }

  predict(x: number[]): Float64Array {
    return dot(x, this.W);
  }

  loss(x: number[], t: number[]): number {
    const z = this.predict(x);
    const y = softmax(z);
    const loss = crossEntropyError(y, t);

    return loss;
  }
}

const x = [0.6, 0.9];

function study(net: SimpleNet, t: number[]): void {
  print("W");
  print(net.W);
  const p = net.predict(x);
  print("prediction", p);
  print("largest at", p.indexOf(Math.max(...p)));
  print("loss      ", net.loss(x, t));

  const f = () => net.loss(x, t); // f uses net.W, with one element moved
  const dW = numericalGradient(f, net.W);
  print("dW");
  print(dW);
}

print("Note 002");
const net2 = new SimpleNet(
  matrix([
    [0.47355232, 0.9977393, 0.84668094],
    [0.85557411, 0.03563661, 0.69422093],
  ]),
);
study(net2, [0, 0, 1]);

// The note prints a loss of 0.92806853, and a dW with other last digits, because its logarithm has no 1e-7 inside.
const lossWithoutDelta = () => -Math.log(softmax(net2.predict(x))[2]);
print("without the 1e-7, as the note prints it");
print("loss      ", lossWithoutDelta());
print("dW");
print(numericalGradient(lossWithoutDelta, net2.W));

print("\nNote 001");
const net1 = new SimpleNet(
  matrix([
    [-0.85962715, 0.26073598, -0.36334443],
    [-1.07225197, -1.06688374, -1.02781945],
  ]),
);
study(net1, [0, 1, 0]);

// The note prints this dW, but the prediction and the loss of another W. A gradient had been stopped between x[idx] =
// tmp + h and x[idx] = tmp, by an error in f or by Ctrl-C in a notebook. Nobody notices this, and all that follows is
// computed with wrong weights. So numgrad restores x if f throws.
function numericalGradientOfTheNotes(f: () => number, x: Float64Array): Float64Array {
  const h = 1e-4;
  const grad = new Float64Array(x.length);
  for (let idx = 0; idx < x.length; idx++) {
    const tmp = x[idx];
    x[idx] = tmp + h;
    const fxh1 = f();

    x[idx] = tmp - h;
    const fxh2 = f();

    grad[idx] = (fxh1 - fxh2) / (2 * h);
    x[idx] = tmp;
  }
  return grad;
}

function stop(): never {
  throw new Error("stopped");
}

function runAndIgnoreError(gradient: () => unknown): void {
  try {
    gradient();
  } catch {
    // The next cell of the notebook is run all the same.
  }
}

const w00 = net1.W.data[0];
runAndIgnoreError(() => numericalGradient(stop, net1.W));
print("numgrad's gradient, stopped, has moved W[0][0] by", net1.W.data[0] - w00);
runAndIgnoreError(() => numericalGradientOfTheNotes(stop, net1.W.data));
print("the note's gradient, stopped, has moved it by", Number((net1.W.data[0] - w00).toFixed(8)));
print("and now, as the note prints it");
print("prediction", net1.predict(x));
print("loss      ", net1.loss(x, [0, 1, 0]));
