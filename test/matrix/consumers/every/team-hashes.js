import { hashOfParameters, trainedByTrain } from "./two-hundred-steps.js";

/** The hashes after 200 steps of `train` by 1, 2 and 3 threads, each with the number of threads that were at work. */
export async function teamHashes(worker) {
  const found = [];
  for (const threads of [1, 2, 3]) {
    const { net, atWork } = await trainedByTrain(threads, worker);
    found.push([atWork, hashOfParameters(net)]);
    net.dispose();
  }
  return found;
}
