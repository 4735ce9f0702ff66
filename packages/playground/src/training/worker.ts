// The worker of one network: it loads the data, trains, and reports to the page.
import { DownloadError, type TrainAndTest } from "numgrad";
import { loadData } from "./data.js";
import type { Failure, Method, Part, Reply, Report, Request } from "./protocol.js";
import { Trainer } from "./trainer.js";

/** Members of a worker's `self` that the types for pages do not have. */
interface Scope {
  onmessage: (event: MessageEvent<Request>) => void;
  postMessage(reply: Reply): void;
}

const scope = self as unknown as Scope;

const data: Partial<Record<Part, TrainAndTest>> = {};
let method: Method;
let trainer: Trainer | undefined;
let image: { number: number; image: Uint8Array | undefined } = { number: 0, image: undefined };

let comparesGradients = false;

let probe: { pixel: number; unit: number } | undefined;

/** Each request waits for the one before, because a network must exist before it is trained. */
let queue = Promise.resolve();
scope.onmessage = ({ data: request }) => {
  queue = queue.then(() => handle(request)).catch((error) => fail(error));
};

async function handle(request: Request): Promise<void> {
  switch (request.type) {
    case "load":
      method = request.method;
      // All images come while the network trains on the first ones.
      load(request).catch((error) => fail(error, request.part));
      return;
    case "reset": {
      const { run, settings, part, params } = request;
      await trainer?.dispose();
      const send = (report: Report) => scope.postMessage({ type: "report", run, report });
      const images = { ...data[part]!, isWhole: part === "all" };
      trainer = new Trainer(images, method, settings, { report: send, failed: fail }, params);
      if (probe) trainer.probe(probe.pixel, probe.unit);
      trainer.compareGradients(comparesGradients);
      return trainer.recognise(image.number, image.image);
    }
    case "save":
      return trainer && scope.postMessage({ type: "params", params: trainer.params });
    case "train":
      return trainer?.train(request.until, request.isEnd);
    case "learningRate":
      return trainer?.setLearningRate(request.learningRate, request.from);
    case "recognise":
      image = request;
      return trainer?.recognise(request.number, request.image);
    case "probe":
      probe = request;
      return trainer?.probe(request.pixel, request.unit);
    case "compareGradients":
      comparesGradients = request.isWanted;
      return trainer?.compareGradients(request.isWanted);
    case "draw":
      return scope.postMessage({ type: "image", found: await trainer?.find(request.wanted) });
  }
}

async function load(request: Extract<Request, { type: "load" }>): Promise<void> {
  const { part } = request;
  data[part] = await loadData(request, (file, loaded, total) =>
    scope.postMessage({ type: "loading", file, loaded, total }),
  );
  scope.postMessage({ type: "loaded", part });
}

function fail(error: unknown, part?: Part): void {
  scope.postMessage({ type: "failed", failure: { ...describe(error), part } });
}

function describe(error: unknown): Failure {
  // The message of the error has advice for programmers, so the page shows one of its own.
  if (error instanceof DownloadError) {
    const tried = error.attempts.map(({ source, reason }) => `${source}: ${reason}`);
    return { file: error.source, message: tried.join("\n") };
  }
  return { message: error instanceof Error ? error.message : String(error) };
}
