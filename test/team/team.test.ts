// Several threads train a network together, and everything is as with one thread, to the last bit.
import { pixels, RandomState, SGD, type Samples, type TrainOptions, TwoLayerNet, train } from "numgrad";
import { expect, test } from "vitest";


/** Images with 81 of 100 pixels 0, and their labels. */
function images(count: number, inputSize: number, classes: number) {
  const random = new RandomState(7);
  const bytes = new Uint8Array(count * inputSize);
  for (let i = 0; i < bytes.length; i++) if (random.randint(0, 100) < 19) bytes[i] = random.randint(0, 256);
  const t = Array.from({ length: count }, () => random.randint(0, classes));
  return { x: pixels([count, inputSize], bytes), t };
}

async function parametersAfter(threads: number, hiddenSize: number, data: Samples, options: TrainOptions) {
  const net = new TwoLayerNet({ inputSize: 64, hiddenSize, outputSize: 5, random: 1, weightInitStd: 0.1 });
  const run = train(net, { train: data, test: data }, { steps: 20, batchSize: 50, evaluateEvery: 7, random: 2, threads, ...options });
  let most = 1;
  for await (const _ of run) most = Math.max(most, run.threads);
  const result = { params: net.params.toArrays(), grads: net.grads.toArrays(), history: { ...run.history, times: [] } };
  net.dispose();
  return { most, missing: run.threadsMissing, ...result };
}

const data = images(120, 64, 5);

test.each([1, 2, 50, 51])("the bits are those of one thread, with %i hidden units", async (hiddenSize) => {
  for (const gradient of ["numerical", "backprop"] as const) {
    const options: TrainOptions = { gradient, optimizer: new SGD({ learningRate: 0.5 }) };
    const { most: _, missing: __, ...alone } = await parametersAfter(1, hiddenSize, data, options);
    for (const threads of [2, 3, 7]) {
      const { most, missing, ...team } = await parametersAfter(threads, hiddenSize, data, options);
      expect(team).toEqual(alone);
      const wanted = Math.min(threads, Math.ceil(hiddenSize / 8));
      expect(most).toBe(wanted);
      expect(missing === undefined).toBe(wanted === threads);
    }
  }
});
