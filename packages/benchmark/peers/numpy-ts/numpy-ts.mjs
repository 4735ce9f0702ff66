// numpy-ts (Node ≥ 22): the book's NumPy code by the functions of numpy-ts. Temporaries are disposed after each call,
// as its documentation advises for tight loops.
import * as np from "numpy-ts";
import { race } from "../protocol.mjs";

/** Images of a part, which an evaluation takes at a time. */
const PART = 1000;

// 60,000 images of 784 float64 numbers are 376 MB, and the default heap of numpy-ts has 256 MiB.
np.configureWasm({ maxMemory: 2 ** 30 });

await race(async ({ dtype, weights }) => {
  const units = weights.b1.length;
  const array = (values, shape) => {
    // This is ten times as fast as np.array(values), which goes through a list.
    const out = np.zeros(shape, dtype);
    out.data.set(values);
    return out;
  };
  const shapes = { w1: [784, units], b1: [units], w2: [units, 10], b2: [10] };
  const params = Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [name, array(weights[name], shape)]));

  /** Runs `body`, which passes its temporaries through `t`, and disposes of them. */
  const scope = (body) => {
    const temporaries = [];
    const result = body((temporary) => {
      temporaries.push(temporary);
      return temporary;
    });
    for (const temporary of temporaries) temporary.dispose();
    return result;
  };

  function forward(x, t) {
    const { w1, b1, w2, b2 } = params;
    const pre = t(np.add(t(np.matmul(x, w1)), b1));
    const hidden = t(np.reciprocal(t(np.add(t(np.exp(t(np.negative(pre)))), 1))));
    const logits = t(np.add(t(np.matmul(hidden, w2)), b2));
    return { hidden, logits };
  }

  function softmax(logits, t) {
    const e = t(np.exp(t(np.subtract(logits, t(np.max(logits, 1, true))))));
    return t(np.divide(e, t(np.sum(e, 1, true))));
  }

  function descend(name, gradient, t) {
    const updated = np.subtract(params[name], t(np.multiply(gradient, 0.1)));
    params[name].dispose();
    params[name] = updated;
  }

  return {
    load(images, labels) {
      const x = array(new Float32Array(images.length), [labels.length, 784]);
      for (let i = 0, { data } = x; i < data.length; i++) data[i] = Math.fround(images[i] / 255);
      return { x, labels };
    },
    batch({ x, labels }, indices) {
      const [rows, targets] = [np.zeros([indices.length, 784], dtype), np.zeros([indices.length, 10], dtype)];
      const [from, to, oneHot] = [x.data, rows.data, targets.data];
      indices.forEach((index, n) => {
        to.set(from.subarray(index * 784, (index + 1) * 784), n * 784);
        oneHot[n * 10 + labels[index]] = 1;
      });
      return { x: rows, t: targets, labels: Uint8Array.from(indices, (index) => labels[index]) };
    },
    step: (batch) =>
      scope((t) => {
        const { hidden, logits } = forward(batch.x, t);
        const delta = t(np.divide(t(np.subtract(softmax(logits, t), batch.t)), batch.x.shape[0]));
        const back = t(np.matmul(delta, t(np.transpose(params.w2))));
        const slope = t(np.multiply(hidden, t(np.add(t(np.negative(hidden)), 1))));
        const deltaHidden = t(np.multiply(back, slope));
        descend("w2", t(np.matmul(t(np.transpose(hidden)), delta)), t);
        descend("b2", t(np.sum(delta, 0)), t);
        descend("w1", t(np.matmul(t(np.transpose(batch.x)), deltaHidden)), t);
        descend("b1", t(np.sum(deltaHidden, 0)), t);
      }),
    probabilities: ({ x }) => scope((t) => softmax(forward(x, t).logits, t).data.slice()),
    accuracy({ x, labels }) {
      let correct = 0;
      for (let start = 0; start < labels.length; start += PART) {
        scope((t) => {
          const best = t(np.argmax(forward(t(x.rows(start, start + PART)), t).logits, 1)).data;
          for (let n = 0; n < best.length; n++) if (Number(best[n]) === labels[start + n]) correct++;
        });
      }
      return correct / labels.length;
    },
    dispose({ x, t }) {
      x.dispose();
      t.dispose();
    },
    write(name, row, col, value) {
      params[name].data[row * (shapes[name][1] ?? 0) + col] = value;
    },
    loss: ({ x, labels }) =>
      scope((t) => {
        const { data } = softmax(forward(x, t).logits, t);
        return labels.reduce((sum, label, n) => sum - Math.log(data[n * 10 + label] + 1e-7), 0) / labels.length;
      }),
  };
});
