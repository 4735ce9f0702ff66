// The program around each JavaScript peer. It reads the task (a JSON file whose path is the argument), runs and times
// what the task asks for, and prints one line of JSON. protocol.py does the same for Python.
import { readFileSync } from "node:fs";
import { join } from "node:path";

const BATCH = 100;
const PIXELS = 784;
const CLASSES = 10;
/** Share of the time for a numerical gradient that is spent on warming up. */
const WARMUP_SHARE = 0.3;

/**
 * A library that trains the network 784-50-10 with sigmoid, softmax, cross entropy and SGD 0.1. Any method may return a
 * promise.
 *
 * @template Data, Batch
 * @typedef {object} Peer
 * @property {(images: Uint8Array, labels: Uint8Array) => Data} load Makes a dataset as users of the library keep it.
 * @property {(data: Data, indices: Int32Array) => Batch} batch Gathers samples and gives them to the library.
 * @property {(batch: Batch) => unknown} step Forward pass, backward pass and update.
 * @property {(batch: Batch) => ArrayLike<number>} probabilities Outputs of the softmax, row by row.
 * @property {(data: Data) => number} accuracy
 * @property {(batch: Batch) => void} [dispose]
 * @property {(data: Data) => (n: number) => unknown} [loop] The library's own training loop, used instead of `batch`
 * and `step`. Its result makes n steps, on batches that the library draws as RandomState(0) does.
 * @property {(train: Data, test: Data, job: Job) => object} [job] The library's own training loop with evaluations.
 * @property {(name: string, row: number, col: number, value: number) => void} [write] Sets one parameter.
 * @property {(batch: Batch) => number} [loss]
 * @property {(batch: Batch) => Record<string, ArrayLike<number>>} [numericalGradient] The library's own gradient by
 * central differences, used instead of `write` and `loss`.
 */

/**
 * @typedef {{ steps: number, every: number, warmup: number }} Job Number of steps; an evaluation follows steps 0,
 * `every`, 2 `every`, … (none if `every` is 0); milliseconds of steps before the clock starts.
 */

/**
 *
 * @param {(setting: { dtype: string, hidden: number, threads: string, variant?: string, weights: Record<string, Float64Array> }) =>
 * Promise<Peer>} build
 */
export async function race(build) {
  const task = JSON.parse(readFileSync(process.argv[2], "utf8"));
  const file = (name) => readFileSync(join(task.folder, name));
  const array = (Type, name) => new Type(Uint8Array.from(file(name)).buffer);
  const weights = split(array(Float64Array, "weights.f64"));
  const [images, labels] = ["images.u8", "labels.u8"].map((name) => new Uint8Array(file(name)));
  const peer = await build({ ...task.peer, weights });
  const { agree, first, numerical, step, evaluation, job } = task.measure;
  const result = {};

  const handOver = async (count) => {
    const data = await peer.load(images.subarray(0, count * BATCH * PIXELS), labels.subarray(0, count * BATCH));
    const indices = (i) => Int32Array.from({ length: BATCH }, (_, k) => i * BATCH + k);
    return Promise.all(Array.from({ length: count }, (_, i) => peer.batch(data, indices(i))));
  };
  if (first) {
    const [batch] = await handOver(1);
    await peer.step(batch);
    result.first = Date.now() - Number(process.env.PEER_STARTED);
  }
  const batches = await handOver(task.batches);
  if (numerical) {
    const exact = split(array(Float64Array, task.gradient));
    result.numerical = await measureNumerical(peer, batches, numerical, weights, exact);
  }
  const train = (evaluation || job || peer.loop) && (await peer.load(...mnist(task.mnist, "train")));
  const steps = peer.loop?.(train) ?? rotate(peer, batches);
  if (agree) {
    await steps(batches.length);
    result.loss = crossEntropy(await peer.probabilities(batches[0]), labels);
  }
  if (step) {
    const rotation = () => steps(batches.length);
    await repeat(rotation, step.warmup, 1);
    const [begin, before] = [performance.now(), process.cpuUsage()];
    result.step = summary(await repeat(rotation, step.ms, 3), batches.length);
    const { user, system } = process.cpuUsage(before);
    result.share = (user + system) / 1000 / (performance.now() - begin);
  }
  if (evaluation) {
    const times = await repeat(() => peer.accuracy(train), evaluation.ms, 1);
    // The first run is the warm-up, unless it is the only one because it takes longer than the time.
    result.evaluation = summary(times.length > 1 ? times.slice(1) : times, 1);
  }
  if (job) {
    const test = await peer.load(...mnist(task.mnist, "t10k"));
    const indices = array(Int32Array, "indices.i32");
    const startMs = Date.now() - Number(process.env.PEER_STARTED);
    const times = await (peer.job ? peer.job(train, test, job) : measureJob(peer, train, test, job, indices));
    result.job = { startMs, ...times };
  }
  result.peakRss = process.resourceUsage().maxRSS * 1024;
  result.runtime = `Node ${process.versions.node}`;
  // The process ends here, even if the library still has a worker or a timer.
  process.stdout.write(`${JSON.stringify(result)}\n`, () => process.exit(0));
}

/** Makes steps on batches in turn that are already in the peer's own arrays. */
function rotate(peer, batches) {
  let next = 0;
  return async (n) => {
    for (let i = 0; i < n; i++) {
      const pending = peer.step(batches[next]);
      if (pending) await pending;
      next = (next + 1) % batches.length;
    }
  };
}

/** Times steps that gather their batches. Every `every` steps the accuracy over both sets is computed. */
async function measureJob(peer, train, test, { steps, every, warmup }, indices) {
  let made = 0;
  const step = async () => {
    const start = (made++ * BATCH) % indices.length;
    const batch = await peer.batch(train, indices.subarray(start, start + BATCH));
    const pending = peer.step(batch);
    if (pending) await pending;
    peer.dispose?.(batch);
  };
  if (warmup > 0) await repeat(step, warmup, 1);
  const result = { steps, evaluations: 0, stepMs: 0, evaluationMs: 0, testAccuracy: 0 };
  let mark = performance.now();
  for (let i = 0; i < steps; i++) {
    await step();
    if (every === 0 || i % every !== 0) continue;
    const begin = performance.now();
    await peer.accuracy(train);
    result.testAccuracy = await peer.accuracy(test);
    result.evaluations++;
    result.stepMs += begin - mark;
    mark = performance.now();
    result.evaluationMs += mark - begin;
  }
  result.stepMs += performance.now() - mark;
  return result;
}

/** Times a gradient by central differences, or as many of its parameters as fit into the time, and finds its error. */
async function measureNumerical(peer, batches, { ms: limit, h }, weights, exact) {
  const ms = limit ?? Number.POSITIVE_INFINITY;
  if (peer.numericalGradient) return measureWholeGradient(peer, batches, limit ?? 3000, exact);
  const parameters = spread(exact);
  const loss = () => peer.loss(batches[0]);
  const difference = async ({ name, row, col, index }) => {
    const value = weights[name][index];
    await peer.write(name, row, col, value + h);
    const after = await loss();
    await peer.write(name, row, col, value - h);
    const before = await loss();
    await peer.write(name, row, col, value);
    return (after - before) / (2 * h);
  };
  const begin = performance.now();
  for (let i = 0; i < 10 || performance.now() - begin < WARMUP_SHARE * limit; i++) await difference(parameters[i]);
  let [measured, worst] = [0, 0];
  const start = performance.now();
  while (measured < parameters.length && (measured < 10 || performance.now() - start < ms)) {
    const parameter = parameters[measured++];
    worst = Math.max(worst, Math.abs((await difference(parameter)) - exact[parameter.name][parameter.index]));
  }
  const spent = performance.now() - start;
  return { ms: (spent * parameters.length) / measured, measured, of: parameters.length, error: worst / largest(exact) };
}

async function measureWholeGradient(peer, batches, ms, exact) {
  const gradient = await peer.numericalGradient(batches[0]);
  const names = Object.keys(gradient);
  const error = (name) => Math.max(...exact[name].map((value, i) => Math.abs(gradient[name][i] - value)));
  const worst = Math.max(...names.map(error));
  let next = 0;
  const times = () => repeat(() => peer.numericalGradient(batches[next++ % batches.length]), ms / 2, 3);
  await times();
  const count = (among) => among.reduce((sum, name) => sum + exact[name].length, 0);
  const [measured, of] = [count(names), count(Object.keys(exact))];
  return { ms: summary(await times(), 1).median, measured, of, error: worst / largest(exact) };
}

/** Lists each parameter once, with neighbours far apart, so that any beginning of the list is a fair sample of all. */
function spread(parameters) {
  const all = Object.entries(parameters).flatMap(([name, values]) => {
    const cols = { w1: values.length / PIXELS, b1: values.length }[name] ?? CLASSES;
    return Array.from(values, (_, index) => ({ name, row: Math.floor(index / cols), col: index % cols, index }));
  });
  // 24,593 is a prime, about 0.618 times 39,760.
  return all.map((_, i) => all[(i * 24_593) % all.length]);
}

function largest(gradient) {
  return Math.max(...Object.values(gradient).map((values) => values.reduce((max, v) => Math.max(max, Math.abs(v)), 0)));
}

/** Splits one array into w1, b1, w2 and b2. */
function split(all) {
  const hidden = (all.length - CLASSES) / (PIXELS + 1 + CLASSES);
  const ends = [PIXELS * hidden, hidden, hidden * CLASSES, CLASSES].map(
    (
      (sum) => (n) =>
        (sum += n)
    )(0),
  );
  return Object.fromEntries(["w1", "b1", "w2", "b2"].map((name, i) => [name, all.slice(ends[i - 1] ?? 0, ends[i])]));
}

/** The book's loss −Σ log(p + 1e-7) / rows, computed by the same code for all peers. */
function crossEntropy(probabilities, labels) {
  let sum = 0;
  for (let i = 0; i < BATCH; i++) sum -= Math.log(probabilities[i * CLASSES + labels[i]] + 1e-7);
  return sum / BATCH;
}

function mnist(directory, set) {
  const read = (kind, header) => new Uint8Array(readFileSync(join(directory, `${set}-${kind}-ubyte`))).subarray(header);
  return [read("images-idx3", 16), read("labels-idx1", 8)];
}

/** Runs `action` for `ms` milliseconds altogether, at least `least` times. Returns the milliseconds of each run. */
async function repeat(action, ms, least) {
  const times = [];
  const begin = performance.now();
  for (let mark = begin; times.length < least || mark - begin < ms; ) {
    const pending = action();
    if (pending) await pending;
    const now = performance.now();
    times.push(now - mark);
    mark = now;
  }
  return times;
}

/** Minimum and median of some times, divided by `n`. */
function summary(times, n) {
  const sorted = times.map((ms) => ms / n).sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const median = sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  return { min: sorted[0], median };
}
