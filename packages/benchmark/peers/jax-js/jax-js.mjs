// jax-js on its WebAssembly device, with jitted functions. A hidden layer of 50 units does not fit its SIMD tiling, one
// of 52 does. With `hidden` 52 the layer is padded, as a user can do, with two units that the bias switches off.
import { race } from "../protocol.mjs";

// Node 20 has no Float16Array, but jax-js 0.1.25 needs its name to make a float64 array.
globalThis.Float16Array ??= class {};
const { grad, init, jit, nn, numpy: np, tree } = await import("@jax-js/jax");

/** Images of a part, which an evaluation takes at a time. */
const PART = 1000;

await race(async ({ dtype, hidden, weights }) => {
  await init("wasm");
  const Floats = dtype === "float64" ? Float64Array : Float32Array;
  const shapes = { w1: [784, hidden], b1: [hidden], w2: [hidden, 10], b2: [10] };
  const values = pad(weights, hidden, Floats);
  const tensor = (name) => np.array(values[name], { shape: shapes[name], dtype });
  let params = Object.fromEntries(Object.keys(shapes).map((name) => [name, tensor(name)]));

  const logits = ({ w1, b1, w2, b2 }, x) => np.dot(nn.sigmoid(np.dot(x, w1).add(b1)), w2).add(b2);
  const loss = (params, x, t) => nn.logSoftmax(logits(params, x)).mul(t).sum(-1).mean().neg();
  const update = jit((params, x, t) => {
    const grads = grad(loss)(tree.ref(params), x, t);
    return tree.map((param, g) => param.sub(g.mul(0.1)), params, grads);
  });
  const jittedLoss = jit(loss);
  const predict = jit((params, x) => nn.softmax(logits(params, x)));
  const correct = jit((params, x, t) => np.argmax(logits(params, x), 1).equal(t).astype(np.float32).sum());

  return {
    load(images, labels) {
      const pixels = new Floats(images.length);
      for (let i = 0; i < pixels.length; i++) pixels[i] = Math.fround(images[i] / 255);
      return { pixels, labels, parts: inParts(pixels, labels, dtype) };
    },
    batch({ pixels, labels }, indices) {
      const [x, t] = [new Floats(indices.length * 784), new Floats(indices.length * 10)];
      indices.forEach((index, n) => {
        x.set(pixels.subarray(index * 784, (index + 1) * 784), n * 784);
        t[n * 10 + labels[index]] = 1;
      });
      const shape = (cols) => ({ shape: [indices.length, cols], dtype });
      return { x: np.array(x, shape(784)), t: np.array(t, shape(10)) };
    },
    async step({ x, t }) {
      params = update(params, x.ref, t.ref);
      // jax-js is lazy. Without this line thousands of pending steps would keep their batches in memory.
      await params.w1.blockUntilReady();
    },
    probabilities: ({ x }) => predict(tree.ref(params), x.ref).data(),
    async accuracy({ labels, parts }) {
      let count = 0;
      for (const { x, t } of parts) count += (await correct(tree.ref(params), x.ref, t.ref).data())[0];
      return count / labels.length;
    },
    dispose({ x, t }) {
      x.dispose();
      t.dispose();
    },
    write(name, row, col, value) {
      values[name][row * (shapes[name][1] ?? 0) + col] = value;
      params[name].dispose();
      params[name] = tensor(name);
    },
    loss: async ({ x, t }) => (await jittedLoss(tree.ref(params), x.ref, t.ref).data())[0],
  };
});

/** Pads the weights to `hidden` units. The output of an added unit is always 0. */
function pad({ w1, b1, w2, b2 }, hidden, Floats) {
  const given = b1.length;
  const wide = new Floats(784 * hidden);
  for (let i = 0; i < 784; i++) wide.set(w1.subarray(i * given, (i + 1) * given), i * hidden);
  const bias = new Floats(hidden).fill(-80);
  bias.set(b1);
  const out = new Floats(hidden * 10);
  out.set(w2);
  return { w1: wide, b1: bias, w2: out, b2: Floats.from(b2) };
}

/** Arrays of a thousand images each, for evaluations. */
function inParts(pixels, labels, dtype) {
  return Array.from({ length: Math.ceil(labels.length / PART) }, (_, i) => {
    const t = Int32Array.from(labels.subarray(i * PART, (i + 1) * PART));
    const x = pixels.subarray(i * PART * 784, (i + 1) * PART * 784);
    return { x: np.array(x, { shape: [t.length, 784], dtype }), t: np.array(t, { dtype: np.int32 }) };
  });
}
