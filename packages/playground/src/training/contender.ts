import type { DataFiles } from "./embedded-data.js";
import type {
  Accuracies,
  Answer,
  Confusion,
  Failure,
  GradientPair,
  LabelledImage,
  Method,
  Params,
  Part,
  Probe,
  Reply,
  Report,
  Request,
  Settings,
  Wanted,
} from "./protocol.js";
import { LossSeries, thinned } from "./series.js";

/** Most answers that are kept until the other network has answered, too. */
const ANSWERS = 200;

/** The part of a worker that the page uses. */
export interface Port {
  onmessage: ((event: MessageEvent<Reply>) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
  postMessage(request: Request): void;
}

/** Receives the replies of a worker. */
export interface Listener {
  report(from: Contender, report: Report): void;
  loading(file: string, loaded: number): void;
  loaded(from: Contender, part: Part): void;
  /** The test image that was asked for; undefined if there is none. */
  image(found: LabelledImage | undefined): void;
  failed(failure: Failure): void;
}

/** One of the two networks, as far as the page knows it. */
export class Contender {
  readonly method: Method;
  /** Whether a reset is not confirmed yet, because the worker finishes a step of the run before. */
  isBusy = false;
  steps = 0;
  series = new LossSeries();
  evaluations: Accuracies[] = [];
  samples: Accuracies[] = [];
  confusion: Confusion | undefined;
  pace: number | undefined;
  turn: number | undefined;
  /** The last answers about images. */
  answers: Answer[] = [];
  probe: Probe | undefined;
  gradients: GradientPair | undefined;
  weights: Params | undefined;
  /** Steps after which the network had these weights. */
  weightsAfter = 0;
  divergence: string | undefined;
  /** Threads that make the steps; undefined before the first step. */
  threads: number | undefined;
  /** The images of this run. */
  part: Part = "all";
  readonly #port: Port;
  readonly #listener: Listener;
  #run = 0;
  /** Who waits for the parameters. */
  readonly #saving: ((params: Params) => void)[] = [];

  constructor(method: Method, port: Port, listener: Listener) {
    this.method = method;
    this.#port = port;
    this.#listener = listener;
    port.onmessage = ({ data }) => this.#receive(data);
    // This also happens if the worker's file cannot be loaded. There is no message then.
    port.onerror = ({ message }) => listener.failed({ message: message ?? "" });
  }

  load(baseUrl: string, part: Part, files?: DataFiles): void {
    this.#port.postMessage({ type: "load", method: this.method, baseUrl, part, files });
  }

  /** Begins a new run on these images: from the parameters, or from the first weights of the settings. */
  reset(settings: Settings, part: Part, params?: Params): void {
    this.#run++;
    this.part = part;
    this.isBusy = true;
    this.steps = 0;
    this.series = new LossSeries();
    this.evaluations = [];
    this.samples = [];
    this.confusion = undefined;
    this.answers = [];
    this.pace = undefined;
    this.turn = undefined;
    this.divergence = undefined;
    this.threads = undefined;
    this.weights = undefined;
    this.gradients = undefined;
    this.#port.postMessage({ type: "reset", run: this.#run, settings, part, params });
  }

  /** The parameters of now. */
  save(): Promise<Params> {
    this.#port.postMessage({ type: "save" });
    return new Promise((resolve) => this.#saving.push(resolve));
  }

  train(until: number, isEnd: boolean): void {
    this.#port.postMessage({ type: "train", until, isEnd });
  }

  setLearningRate(learningRate: number, from: number): void {
    this.#port.postMessage({ type: "learningRate", learningRate, from });
  }

  recognise(number: number, image: Uint8Array | undefined): void {
    this.#port.postMessage({ type: "recognise", number, image });
  }

  /** Chooses the weight that the reports move by h. */
  probeWeight(pixel: number, unit: number): void {
    this.#port.postMessage({ type: "probe", pixel, unit });
  }

  /** Begins or ends the comparison of both gradients. */
  compareGradients(isWanted: boolean): void {
    this.#port.postMessage({ type: "compareGradients", isWanted });
  }

  /** Asks for a test image. */
  draw(wanted: Wanted): void {
    this.#port.postMessage({ type: "draw", wanted });
  }

  #receive(reply: Reply): void {
    if (reply.type === "report") {
      if (reply.run === this.#run) this.#take(reply.report);
    } else if (reply.type === "loading") this.#listener.loading(reply.file, reply.loaded);
    else if (reply.type === "loaded") this.#listener.loaded(this, reply.part);
    else if (reply.type === "params") this.#saving.shift()?.(reply.params);
    else if (reply.type === "image") this.#listener.image(reply.found);
    else this.#listener.failed(reply.failure);
  }

  #take(report: Report): void {
    this.isBusy = false;
    this.steps = report.steps;
    this.series.add(report.losses);
    this.evaluations.push(...report.evaluations);
    this.samples = thinned([...this.samples, ...report.samples]);
    this.confusion = report.confusion ?? this.confusion;
    this.pace = report.pace;
    this.turn = report.turn;
    this.answers = [...this.answers, ...report.answers].slice(-ANSWERS);
    this.probe = report.probe;
    this.gradients = report.gradients ?? this.gradients;
    if (report.weights) {
      this.weights = report.weights;
      this.weightsAfter = report.steps;
    }
    this.divergence = report.divergence;
    this.threads = report.threads ?? this.threads;
    this.#listener.report(this, report);
  }
}
