import { Dataset, loadIdxDataset, loadMnist, parseIdx, type TrainAndTest } from "numgrad";
import type { Request } from "./protocol.js";

type Progress = (file: string, loaded: number, total: number) => void;

/** Loads the data from the files of the request, or else from the folder of the page. */
export async function loadData(
  { baseUrl, files, part }: Extract<Request, { type: "load" }>,
  report: Progress,
): Promise<TrainAndTest> {
  if (!files && part === "first") {
    const load = (name: string) =>
      loadIdxDataset({
        images: `${baseUrl}first/${name}-images-idx3-ubyte.gz`,
        labels: `${baseUrl}first/${name}-labels-idx1-ubyte.gz`,
      });
    const [train, test] = await Promise.all([load("train"), load("t10k")]);
    return { train, test };
  }
  if (!files) {
    return loadMnist({ baseUrl, onProgress: ({ file, loaded, total }) => report(file, loaded, total) });
  }
  const read = async (name: string) => {
    const body = new Blob([files[name] as BlobPart]).stream().pipeThrough(new DecompressionStream("gzip"));
    const bytes = new Uint8Array(await new Response(body).arrayBuffer());
    report(name, bytes.length, bytes.length);
    return parseIdx(bytes);
  };
  const datasetOf = async (name: string) => {
    const [images, labels] = [await read(`${name}-images-idx3-ubyte`), await read(`${name}-labels-idx1-ubyte`)];
    const [, rows, cols] = images.shape as [number, number, number];
    return new Dataset({
      images: images.data as Uint8Array,
      labels: labels.data as Uint8Array,
      rows,
      cols,
      classes: 10,
    });
  };
  return { train: await datasetOf("train"), test: await datasetOf("t10k") };
}
