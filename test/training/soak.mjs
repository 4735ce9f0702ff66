// Does the same thing many times and prints, as JSON, the memory after each hundredth of it. The test starts this
// program with --expose-gc. It uses the bundle. Its arguments are what to do, how many times, and the path of a file to
// write.
import { loadCheckpoint, saveCheckpoint } from "../../packages/numgrad/dist/files.js";
import {
  memoryUsage,
  numericalGradient,
  numericalGradientAsync,
  RandomState,
  TwoLayerNet,
  train,
} from "../../packages/numgrad/dist/index.js";

const [what, countText, path] = process.argv.slice(2);
const count = Number(countText);
/** Number of measurements. */
const PARTS = 100;

const random = new RandomState(1);
const data = { train: { x: { shape: [40, 6], data: random.randn(240) }, t: random.randint(0, 3, 40) } };
const sizes = { inputSize: 6, hiddenSize: 5, outputSize: 3, random };

/** Rows of four numbers, which `measure` writes; an array that grew would be measured too. */
const memory = new Float64Array(4 * PARTS);

/** Measures what is alive after garbage collection, in bytes: of JavaScript and of the core. */
function measure(part) {
  globalThis.gc();
  const { heapUsed, external } = process.memoryUsage();
  const { liveBytes, memoryBytes, networks } = memoryUsage();
  memory.set([heapUsed + external, liveBytes, memoryBytes, networks], 4 * part);
}

/** Trains a network for `count` steps, with a checkpoint every 100 steps. Nine times the run is resumed from its file. */
async function* steps() {
  const net = new TwoLayerNet(sizes);
  // A history would hold the loss of each step.
  const options = { steps: count, batchSize: 10, recordLoss: false, evaluateEvery: false, sampling: "shuffle" };
  let run = train(net, data, options);
  for (let made = 0; made < count; ) {
    for await (const { step } of run) {
      made = step + 1;
      if (made % 100 === 0) await saveCheckpoint(path, run.checkpoint());
      if (made % (count / PARTS) === 0) yield;
      if (made % (count / 10) === 0) break;
    }
    if (made < count) run = train(net, data, { ...options, resume: await loadCheckpoint(path) });
  }
}

/** Makes networks, trains each for two steps, and disposes of it. */
async function* networks() {
  for (let made = 1; made <= count; made++) {
    const net = new TwoLayerNet(sizes);
    await train(net, data, { steps: 2, batchSize: 4, random }).finish();
    net.dispose();
    if (made % (count / PARTS) === 0) yield;
  }
}

/** Calls numericalGradient with an f that throws at any of its calls; x must be what it was. */
async function* errors() {
  const thrown = new Error("f failed");
  for (let made = 1; made <= count; made++) {
    const x = random.randn(10);
    const before = x.slice();
    let left = random.randint(0, 20);
    const f = (y) => {
      if (left-- === 0) throw thrown;
      return y[0] * y[9];
    };
    const caught = await (async () =>
      made % 2 === 0 ? numericalGradient(f, x) : numericalGradientAsync(async (y) => f(y), x))().catch(
      (error) => error,
    );
    if (caught.cause !== thrown) throw new Error(`call ${made}: not the error that f has thrown`, { cause: caught });
    if (!x.every((value, i) => Object.is(value, before[i]))) throw new Error(`call ${made}: x has changed`);
    if (made % (count / PARTS) === 0) yield;
  }
}

let part = 0;
for await (const _ of { steps, networks, errors }[what]()) {
  // A turn of the event loop comes by itself only on a busy machine, and the first one needs some KB.
  await new Promise((resolve) => setImmediate(resolve));
  measure(part++);
}
console.log(JSON.stringify(Array.from({ length: part }, (_, i) => [...memory.subarray(4 * i, 4 * i + 4)])));
