// Plain JavaScript in float64: loops over typed arrays that skip black pixels, which are four fifths of MNIST.
import { race } from "../protocol.mjs";

const [INPUTS, CLASSES] = [784, 10];
const RATE = 0.1;
/** Rows of a part, which an evaluation takes at a time. */
const PART = 1000;

await race(async ({ hidden: units, weights }) => {
  const hidden = new Float64Array(PART * units);
  const probs = new Float64Array(PART * CLASSES);
  const deltaHidden = new Float64Array(units);
  const grads = Object.fromEntries(
    Object.entries(weights).map(([name, { length }]) => [name, new Float64Array(length)]),
  );

  return {
    load(images, labels) {
      const x = new Float32Array(images.length);
      for (let i = 0; i < x.length; i++) x[i] = images[i] / 255;
      return { x, labels, rows: labels.length };
    },
    batch({ x, labels }, indices) {
      const rows = new Float32Array(indices.length * INPUTS);
      indices.forEach((index, n) => {
        rows.set(x.subarray(index * INPUTS, (index + 1) * INPUTS), n * INPUTS);
      });
      return { x: rows, labels: Uint8Array.from(indices, (index) => labels[index]), rows: indices.length };
    },
    step({ x, labels, rows }) {
      forward(x, rows, weights, hidden, probs);
      backward(x, labels, rows, weights, hidden, probs, deltaHidden, grads);
      for (const name of ["w1", "b1", "w2", "b2"]) descend(weights[name], grads[name]);
    },
    probabilities({ x, rows }) {
      forward(x, rows, weights, hidden, probs);
      return probs.subarray(0, rows * CLASSES);
    },
    accuracy({ x, labels, rows }) {
      let correct = 0;
      for (let start = 0; start < rows; start += PART) {
        forward(x.subarray(start * INPUTS, (start + PART) * INPUTS), PART, weights, hidden, probs);
        for (let n = 0; n < PART; n++) if (argmax(probs, n) === labels[start + n]) correct++;
      }
      return correct / rows;
    },
    write(name, row, col, value) {
      weights[name][row * (name === "w1" ? units : CLASSES) + col] = value;
    },
    loss({ x, labels, rows }) {
      forward(x, rows, weights, hidden, probs);
      let sum = 0;
      for (let n = 0; n < rows; n++) sum -= Math.log(probs[n * CLASSES + labels[n]] + 1e-7);
      return sum / rows;
    },
  };
});

/** hidden = sigmoid(x W1 + b1), probs = softmax(hidden W2 + b2). */
function forward(x, rows, { w1, b1, w2, b2 }, hidden, probs) {
  const units = b1.length;
  for (let n = 0; n < rows; n++) {
    const [h, p] = [n * units, n * CLASSES];
    hidden.set(b1, h);
    for (let i = 0; i < INPUTS; i++) {
      const value = x[n * INPUTS + i];
      if (value !== 0) addScaled(value, w1, i * units, hidden, h, units);
    }
    probs.set(b2, p);
    for (let j = 0; j < units; j++) {
      hidden[h + j] = 1 / (1 + Math.exp(-hidden[h + j]));
      addScaled(hidden[h + j], w2, j * CLASSES, probs, p, CLASSES);
    }
    softmax(probs, p);
  }
}

/** Gradients of the mean cross entropy; probs becomes (probs − t) / rows. */
function backward(x, labels, rows, { w2 }, hidden, probs, deltaHidden, grads) {
  for (const grad of Object.values(grads)) grad.fill(0);
  const units = deltaHidden.length;
  for (let n = 0; n < rows; n++) {
    const [h, p] = [n * units, n * CLASSES];
    probs[p + labels[n]] -= 1;
    for (let k = 0; k < CLASSES; k++) probs[p + k] /= rows;
    addScaled(1, probs, p, grads.b2, 0, CLASSES);
    for (let j = 0; j < units; j++) {
      const value = hidden[h + j];
      addScaled(value, probs, p, grads.w2, j * CLASSES, CLASSES);
      let sum = 0;
      for (let k = 0; k < CLASSES; k++) sum += probs[p + k] * w2[j * CLASSES + k];
      deltaHidden[j] = sum * value * (1 - value);
    }
    addScaled(1, deltaHidden, 0, grads.b1, 0, units);
    for (let i = 0; i < INPUTS; i++) {
      const value = x[n * INPUTS + i];
      if (value !== 0) addScaled(value, deltaHidden, 0, grads.w1, i * units, units);
    }
  }
}

/** out[o + j] += value · row[r + j] for n numbers. */
function addScaled(value, row, r, out, o, n) {
  for (let j = 0; j < n; j++) out[o + j] += value * row[r + j];
}

function softmax(probs, p) {
  let max = probs[p];
  for (let k = 1; k < CLASSES; k++) max = Math.max(max, probs[p + k]);
  let sum = 0;
  for (let k = 0; k < CLASSES; k++) {
    probs[p + k] = Math.exp(probs[p + k] - max);
    sum += probs[p + k];
  }
  for (let k = 0; k < CLASSES; k++) probs[p + k] /= sum;
}

function descend(params, grad) {
  for (let i = 0; i < params.length; i++) params[i] -= RATE * grad[i];
}

function argmax(probs, n) {
  let best = 0;
  for (let k = 1; k < CLASSES; k++) if (probs[n * CLASSES + k] > probs[n * CLASSES + best]) best = k;
  return best;
}
