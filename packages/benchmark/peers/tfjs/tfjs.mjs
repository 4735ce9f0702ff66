// TensorFlow.js in float32, with its WebAssembly backend (SIMD) or its JavaScript backend.
import * as tf from "@tensorflow/tfjs";
import "@tensorflow/tfjs-backend-wasm";
import { race } from "../protocol.mjs";

await race(async ({ variant: backend, weights }) => {
  if (!(await tf.setBackend(backend)) || tf.getBackend() !== backend) throw new Error(`no backend ${backend}`);
  const hidden = weights.b1.length;
  const shapes = { w1: [784, hidden], b1: [hidden], w2: [hidden, 10], b2: [10] };
  const values = Object.fromEntries(Object.entries(weights).map(([name, array]) => [name, Float32Array.from(array)]));
  const variable = (name) => tf.variable(tf.tensor(values[name], shapes[name]));
  const [w1, b1, w2, b2] = ["w1", "b1", "w2", "b2"].map(variable);
  const variables = { w1, b1, w2, b2 };
  const optimizer = tf.train.sgd(0.1);
  const logits = (x) => tf.sigmoid(x.matMul(w1).add(b1)).matMul(w2).add(b2);
  const loss = ({ x, t }) => tf.losses.softmaxCrossEntropy(t, logits(x));

  return {
    load(images, labels) {
      const pixels = new Float32Array(images.length);
      for (let i = 0; i < pixels.length; i++) pixels[i] = images[i] / 255;
      const x = tf.tensor2d(pixels, [labels.length, 784]);
      return { x, pixels, labels: tf.tensor1d(Int32Array.from(labels), "int32"), classes: labels };
    },
    batch({ pixels, classes }, indices) {
      const x = new Float32Array(indices.length * 784);
      const t = new Float32Array(indices.length * 10);
      indices.forEach((index, n) => {
        x.set(pixels.subarray(index * 784, (index + 1) * 784), n * 784);
        t[n * 10 + classes[index]] = 1;
      });
      return { x: tf.tensor2d(x, [indices.length, 784]), t: tf.tensor2d(t, [indices.length, 10]) };
    },
    step(batch) {
      optimizer.minimize(() => loss(batch), false, [w1, b1, w2, b2]);
    },
    probabilities: ({ x }) => tf.tidy(() => logits(x).softmax().dataSync()),
    accuracy: ({ x, labels }) => tf.tidy(() => logits(x).argMax(1).equal(labels).mean().dataSync()[0]),
    dispose: tf.dispose,
    write(name, row, col, value) {
      values[name][row * (shapes[name][1] ?? 0) + col] = value;
      tf.tidy(() => variables[name].assign(tf.tensor(values[name], shapes[name])));
    },
    loss: (batch) => tf.tidy(() => loss(batch).dataSync()[0]),
  };
});
