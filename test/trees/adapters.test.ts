import "@tensorflow/tfjs-backend-cpu";
import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-core/dist/register_all_gradients.js";
import { type Adapter, ArgumentError, checkGradient, FunctionError, jacobian, numericalGradient } from "numgrad";
import { beforeAll, describe, expect, test } from "vitest";
import { thrownBy } from "../support/thrown.js";

// The two libraries are packages of this repository's tests only.

describe("tensors of TensorFlow.js", () => {
  beforeAll(async () => {
    await tf.setBackend("cpu");
  });

  const adapter: Adapter<tf.Tensor> = {
    is: (value) => value instanceof tf.Tensor,
    toArray: (tensor) => tensor.dataSync<"float32">(),
    fromArray: (array, like) => tf.tensor(array as Float32Array, like.shape),
    dispose: (tensor) => tensor.dispose(),
  };
  const model = () => ({
    w: tf.tensor2d([
      [0.1, -0.2],
      [0.3, 0.4],
    ]),
    b: tf.tensor1d([0.5, -0.1]),
    scale: 2,
  });
  const input = tf.tidy(() =>
    tf.keep(
      tf.tensor2d([
        [1, 2],
        [3, -1],
        [0.5, 0.25],
      ]),
    ),
  );
  const loss = ({ w, b, scale }: { w: tf.Tensor; b: tf.Tensor; scale: number }) =>
    tf.tidy(() => tf.mul(tf.mean(tf.square(tf.tanh(tf.add(tf.matMul(input, w as tf.Tensor2D), b)))), scale));
  const gradients = ({ w, b, scale }: { w: tf.Tensor; b: tf.Tensor; scale: number }) => {
    const [dw, db] = tf.grads((v: tf.Tensor, c: tf.Tensor) => loss({ w: v, b: c, scale }) as tf.Scalar)([w, b]);
    return { w: dw!, b: db!, scale: tf.tidy(() => loss({ w, b, scale: 1 }).dataSync()[0]!) };
  };

  /** Runs an action, which must leave no tensor. */
  function withoutLeak<T>(action: () => T): T {
    const before = tf.memory();
    const result = action();
    const { numTensors, numDataBuffers } = tf.memory();
    expect({ numTensors, numDataBuffers }).toEqual({
      numTensors: before.numTensors,
      numDataBuffers: before.numDataBuffers,
    });
    return result;
  }

  const dispose = ({ w, b }: { w: tf.Tensor; b: tf.Tensor }) => tf.dispose([w, b]);

  test("give a gradient of tensors, and no tensor is left", () => {
    withoutLeak(() => {
      const x = model();
      const gradient = numericalGradient(loss, x as { w: tf.Tensor; b: tf.Tensor; scale: number }, { adapter });
      const right = gradients(x);
      expect(gradient.w.shape).toEqual([2, 2]);
      for (const name of ["w", "b"] as const) {
        for (const [i, value] of gradient[name].dataSync().entries()) {
          expect(value).toBeCloseTo(right[name].dataSync()[i]!, 3);
        }
      }
      expect(gradient.scale).toBeCloseTo(right.scale, 3);
      for (const tree of [x, gradient, right]) dispose(tree);
    });
  });

  test("are checked: the right gradient passes, and a wrong element has its path", () => {
    withoutLeak(() => {
      const x: { w: tf.Tensor; b: tf.Tensor; scale: number } = model();
      const report = checkGradient(loss, gradients, x, { adapter });
      expect(report.ok, String(report)).toBe(true);
      const wrong = checkGradient(
        loss,
        (t) => {
          const right = gradients(t);
          const w = tf.tidy(() =>
            tf.mul(
              right.w,
              tf.tensor2d([
                [1, 1],
                [1.01, 1],
              ]),
            ),
          );
          right.w.dispose();
          return { ...right, w };
        },
        x,
        { adapter },
      );
      expect(wrong.verdict).toBe("wrong");
      expect(wrong.worst[0]!.name).toBe("w[1, 0]");
      dispose(x);
    });
  });

  test("may be x itself, and what f or a gradient returns; they are freed also if f throws", () => {
    const x: tf.Tensor = tf.tensor2d([[1, 2]]);
    withoutLeak(() => {
      const half = (t: tf.Tensor) => tf.tidy(() => tf.div(tf.sum(tf.square(t)), 2));
      expect(checkGradient(half, (t) => t, x, { adapter }).ok).toBe(true);
      expect(jacobian((t) => t, x, { adapter }).data).toEqual(Float64Array.of(1, 0, 0, 1));
      const failing = (t: tf.Tensor) => (t.dataSync()[1] === 2 ? 1 : Number.NaN);
      const error = thrownBy(FunctionError, () => numericalGradient(failing, x, { adapter }));
      expect(error.message).toBe("f must return a finite number, it returned NaN with x[0, 1] moved");
    });
    expect(Array.from(x.dataSync())).toEqual([1, 2]);
    x.dispose();
  });

  test("without an adapter are an error that names the option", () => {
    const x = model();
    const message = thrownBy(ArgumentError, () => numericalGradient(() => 0, x as never)).message;
    expect(message).toBe(
      "x.w: expected numbers, an array, a Matrix, or an object or array of them, got a Tensor, a tensor of another library: pass options.adapter",
    );
    expect(thrownBy(ArgumentError, () => checkGradient(() => 0, [0], x.b as never)).message).toMatch(
      /a tensor of another library: pass x\.dataSync\(\), or options\.adapter$/,
    );
    const integers = tf.tensor1d([1, 2], "int32");
    const run = () => numericalGradient(() => 0, { integers } as { integers: tf.Tensor }, { adapter });
    expect(thrownBy(ArgumentError, run).message).toMatch(
      /^x\.integers: .* Int32Array of length 2, which cannot hold x \+ h$/,
    );
    dispose(x);
    integers.dispose();
  });
});

describe("values of a library that uses freed ones again", () => {
  /** A value with numbers. Those that were freed wait in the pool. */
  class Pooled {
    numbers = new Float64Array(0);
  }
  const pool: Pooled[] = [];
  let alive = 0;
  const take = (...numbers: number[]) => {
    alive++;
    return Object.assign(pool.pop() ?? new Pooled(), { numbers: Float64Array.from(numbers) });
  };
  const adapter: Adapter<Pooled> = {
    is: (value) => value instanceof Pooled,
    toArray: ({ numbers }) => numbers,
    fromArray: (array) => take(...array),
    dispose: (value) => {
      alive--;
      pool.push(value);
    },
  };
  const square = ({ w }: { w: Pooled }) => take(w.numbers[0]! ** 2);

  test("are all freed: what f received, what it returned, and a gradient that fits or not", () => {
    const x = { w: take(3) };
    const gradient = numericalGradient(square, x, { adapter });
    expect(gradient.w.numbers[0]).toBeCloseTo(6, 9);
    expect(alive).toBe(2); // x and the gradient
    expect(checkGradient(square, ({ w }) => ({ w: take(2 * w.numbers[0]!) }), x, { adapter }).ok).toBe(true);
    expect(alive).toBe(2);
    const run = () => checkGradient(square, () => ({ w: take(6, 0) }), x, { adapter });
    expect(thrownBy(ArgumentError, run).argument).toBe("gradient.w");
    expect(alive).toBe(2);
  });
});

describe("arrays of jax-js", async () => {
  // Node 20 has no Float16Array, whose name jax-js needs.
  (globalThis as { Float16Array?: unknown }).Float16Array ??= class {};
  const { defaultDevice, grad, init, numpy: np } = await import("@jax-js/jax");
  type JaxArray = ReturnType<typeof np.array>;

  beforeAll(async () => {
    await init("wasm");
    defaultDevice("wasm");
  });

  // A function of jax-js consumes its arguments, so there is nothing to dispose; `ref` keeps an array.
  const adapter: Adapter<JaxArray> = {
    is: (value) => value instanceof np.Array,
    toArray: (array) => array.ref.dataSync() as Float32Array,
    fromArray: (numbers, like) => np.array(numbers as Float32Array<ArrayBuffer>, { shape: [...like.shape] }),
  };

  test("are differentiated and checked in a tree", () => {
    const x = {
      w: np.array([
        [1, 2],
        [3, 4],
      ]),
      layers: [{ b: np.array([0.5, -1]) }],
    };
    const loss = ({ w, layers: [layer] }: typeof x) => np.square(np.dot(w, layer!.b)).sum();
    const right = (t: typeof x) => grad(loss)(t);
    const gradient = numericalGradient(loss, x, { adapter });
    // y = w·b = [−1.5, −2.5], and the gradient by w is 2·y·bᵀ.
    expect(gradient.w.shape).toEqual([2, 2]);
    for (const [i, value] of (gradient.w.ref.dataSync() as Float32Array).entries()) {
      expect(value).toBeCloseTo([-1.5, 3, -2.5, 5][i]!, 2);
    }
    expect(checkGradient(loss, right, x, { adapter }).ok).toBe(true);
    const wrong = { w: gradient.w, layers: [{ b: np.array([-18, -20]) }] };
    const report = checkGradient(loss, wrong, x, { adapter });
    // wᵀ·2y = [2·(−1.5) + 6·(−2.5), 4·(−1.5) + 8·(−2.5)] = [−18, −26].
    expect(report.worst[0]!.name).toBe("layers[0].b[1]");
    expect(report.parts.map(({ verdict }) => verdict)).toEqual(["ok", "wrong"]);
    expect(x.w.refCount).toBe(1);
  });
});
