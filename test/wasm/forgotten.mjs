// Prints what the garbage collector does with forgotten networks and runs. It is a program of its own, to be run with
// --expose-gc.
import { Dataset, memoryUsage, TwoLayerNet, train } from "../../packages/numgrad/dist/index.js";

const make = () => new TwoLayerNet({ inputSize: 100, hiddenSize: 50, outputSize: 10, random: 0 });
const images = new Uint8Array(1000 * 100).fill(7);
const dataset = new Dataset({ images, labels: new Uint8Array(1000), rows: 10, cols: 10, classes: 10 });

make().dispose();
const before = memoryUsage();

/** Collects garbage until the live bytes are the same as before, for two seconds at most. */
async function collected() {
  for (let i = 0; i < 200 && memoryUsage().liveBytes !== before.liveBytes; i++) await collect();
  return memoryUsage().liveBytes === before.liveBytes ? "released" : memoryUsage();
}

/** Collects garbage, and lets the callbacks of finalization registries run. */
async function collect() {
  globalThis.gc();
  await new Promise((resolve) => setTimeout(resolve, 10));
}

for (let i = 0; i < 20; i++) make();
const networks = await collected();

// The first step of a run lists its images in the core.
for (let i = 0; i < 3; i++) await train(make(), { train: dataset }, { steps: 100 })[Symbol.asyncIterator]().next();
const runs = await collected();

let view = make().params.w1;
view[0] = 42;
for (let i = 0; i < 20; i++) await collect();
// If the first network's memory had been freed, this network would get it now.
make().dispose();
const viewed = { networks: memoryUsage().networks - before.networks, first: view[0] };
view = undefined;
const unviewed = await collected();

console.log(JSON.stringify({ networks, runs, viewed, unviewed }));
