// A training of its own in another thread, which makes steps when it is told to. It is started with a dataset and with
// options of `train`, and answers each message when its steps are made.
import { parentPort, workerData } from "node:worker_threads";
import { Dataset, RandomState, SGD, TwoLayerNet, train } from "numgrad";

const { dataset, sizes, options, learningRate } = workerData;
const random = new RandomState(0);
const net = new TwoLayerNet({ ...sizes, random });
const settings = { ...options, optimizer: new SGD({ learningRate }), random, steps: Number.MAX_SAFE_INTEGER };
const reports = train(net, { train: new Dataset(dataset) }, settings)[Symbol.asyncIterator]();

parentPort?.on("message", async (/** @type {number} */ steps) => {
  for (let i = 0; i < steps; i++) await reports.next();
  parentPort?.postMessage("done");
});
