import { type Checkpoint, matrix, TwoLayerNet, train } from "numgrad";

/** The checkpoint of a run of five steps that has ended. */
export async function smallCheckpoint(): Promise<Checkpoint> {
  const net = new TwoLayerNet({ inputSize: 2, hiddenSize: 2, outputSize: 2, random: 0 });
  const samples = { x: matrix([[0, 1], [1, 0], [1, 1]]), t: [0, 1, 1] }; // biome-ignore format: one line
  const options = { steps: 5, batchSize: 2, sampling: "shuffle", evaluateEvery: 2, random: 1 } as const;
  const run = train(net, { train: samples }, options);
  await run.finish();
  return run.checkpoint();
}
