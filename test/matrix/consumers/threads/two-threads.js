import { hashOfParameters, trainedByTrain } from "./two-hundred-steps.js";

/** What 200 steps by two threads give, with numgrad's own workers and with those of the page. */
export async function byTwoThreads(worker) {
  const found = [];
  for (const make of [undefined, worker]) {
    const { net, atWork, missing } = await trainedByTrain(2, make);
    found.push({ atWork, hash: hashOfParameters(net), missing });
    net.dispose();
  }
  return found;
}
