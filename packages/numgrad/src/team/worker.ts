// The program of a worker: a member of a team that does what the first thread commands. The build makes one text of it,
// `workerSource`.
import { instantiate, type RawImages } from "../wasm/glue.js";
import { IMAGES_LAYOUT, SESSION_LAYOUT } from "../wasm/layouts.js";
import { MemoryView, readLayout } from "../wasm/memory-view.js";
import { KIND, Member } from "./member.js";
import { COMMAND, LISTING, SharedMemory, SOURCE, type TeamBuffers, type TeamShape } from "./shared-memory.js";

/** What a worker is started with. */
export interface WorkerStart {
  readonly module: WebAssembly.Module;
  readonly shape: TeamShape;
  readonly buffers: TeamBuffers;
  /** The number of the member. */
  readonly number: number;
}

/** Makes the core's objects, says that it is ready, and obeys until the end. */
function work(start: WorkerStart, say: (message: string) => void): void {
  const shared = new SharedMemory(start.shape, start.buffers);
  try {
    const worker = new Worker(start, shared);
    say("ready");
    for (let command = 0; worker.obey(command); command++);
  } catch (error) {
    say(String(error));
    shared.fail();
  }
}

class Worker {
  readonly #shared: SharedMemory;
  readonly #core;
  readonly #session;
  readonly #member: Member;
  readonly #lists = new Map<number, RawImages>();
  readonly #buffers;

  constructor({ module, shape, number }: WorkerStart, shared: SharedMemory) {
    const { inputSize, hiddenSize, outputSize, rows } = shape;
    this.#shared = shared;
    this.#core = instantiate(module);
    const { memory, glue } = this.#core;
    const session = glue.RawSession.create(inputSize, hiddenSize, outputSize);
    const block = glue.RawBlock.create(inputSize, hiddenSize, outputSize);
    if (!session || !block) throw new Error("there is not enough WebAssembly memory for another thread");
    this.#session = session;
    this.#member = new Member(shared, number, { memory, session, block });
    const layout = readLayout(memory, session, SESSION_LAYOUT);
    const parameters = (inputSize + 1) * hiddenSize + (hiddenSize + 1) * outputSize;
    this.#buffers = {
      params: new MemoryView(memory, Float64Array, layout.params, parameters),
      values: new MemoryView(memory, Float64Array, layout.values, rows * inputSize),
      pixels: new MemoryView(memory, Uint8Array, layout.pixels, rows * inputSize),
      labels: new MemoryView(memory, Uint32Array, layout.labels, rows),
      targets: new MemoryView(memory, Float64Array, layout.targets, rows * outputSize),
      indices: new MemoryView(memory, Uint32Array, layout.indices, rows),
    };
  }

  /** Waits for the command after that with the number `last`, and does it; false at the end. */
  obey(last: number): boolean {
    const shared = this.#shared;
    const member = this.#member;
    shared.awaitCommand(last);
    const [command = COMMAND.end, ...words] = shared.words;
    const [real = 0] = shared.real;
    if (command === COMMAND.end) return false;
    if (command === COMMAND.descend) member.descend(last + 1, real);
    else if (command === COMMAND.collect) member.exchange(words[0] === KIND.params ? KIND.params : KIND.grads, false);
    else if (command === COMMAND.share) member.exchange(KIND.params, true);
    else if (command === COMMAND.replace) this.#replace();
    else if (command === COMMAND.list) this.#list(last + 1, words);
    else if (command === COMMAND.count) member.count(this.#listOf(words[0]), words[1]!, words[2]!);
    else this.#compute(last + 1, command, words, real);
    return true;
  }

  /** The forward pass or a gradient of a part of a batch. */
  #compute(number: number, command: number, [source, rows, list, start, samples]: number[], h: number): void {
    const staged = this.#stage(source!, rows!, list!);
    this.#member.begin(command);
    // The first thread has found a number that is not finite.
    if (this.#shared.isRefused(number)) return;
    this.#member.finish(command, h, start === 0, start! + staged === samples, samples!);
  }

  #stage(source: number, rows: number, list: number): number {
    const { inputSize, outputSize } = this.#shared.shape;
    const { values, pixels, labels, targets, indices } = this.#buffers;
    if (source === SOURCE.images) {
      indices.array.set(this.#shared.indices.subarray(0, rows));
      return this.#session.stage_images(this.#listOf(list), rows);
    }
    labels.array.set(this.#shared.labels.subarray(0, rows));
    targets.array.set(this.#shared.targets.subarray(0, rows * outputSize));
    if (source === SOURCE.pixels) {
      pixels.array.set(this.#shared.pixels.subarray(0, rows * inputSize));
      return this.#session.stage_pixels(rows);
    }
    values.array.set(this.#shared.numbers.subarray(0, rows * inputSize));
    return Math.max(0, this.#session.stage_values(rows));
  }

  #replace(): void {
    const { params } = this.#buffers;
    this.#shared.nextExchange();
    params.array.set(this.#shared.block(0).subarray(0, params.array.length));
    this.#member.barrier();
  }

  /** A call of the object that lists images. The command is refused if it fails. */
  #list(number: number, [list, call, rows, images, asNumbers]: number[]): void {
    if (!this.#listImages(list!, call!, rows!, images!, asNumbers !== 0)) this.#shared.refuse(number);
    this.#member.barrier();
  }

  #listImages(list: number, call: number, rows: number, images: number, asNumbers: boolean): boolean {
    const { memory, glue } = this.#core;
    const { inputSize } = this.#shared.shape;
    if (call === LISTING.create) {
      const created = glue.RawImages.create(inputSize, images, asNumbers);
      if (created) this.#lists.set(list, created);
      return created !== undefined;
    }
    const raw = this.#listOf(list);
    if (call === LISTING.allocate) return raw.allocate();
    const layout = readLayout(memory, raw, IMAGES_LAYOUT);
    new Uint32Array(memory.buffer, layout.labels, rows).set(this.#shared.labels.subarray(0, rows));
    if (asNumbers) {
      const numbers = new Float64Array(memory.buffer, layout.numbers, rows * inputSize);
      numbers.set(this.#shared.numbers.subarray(0, rows * inputSize));
      if (!raw.encode(rows)) return false;
    } else {
      const pixels = new Uint8Array(memory.buffer, layout.pixels, rows * inputSize);
      pixels.set(this.#shared.pixels.subarray(0, rows * inputSize));
    }
    if (call === LISTING.push) return raw.push(rows);
    raw.count(rows);
    return true;
  }

  #listOf(list: number | undefined): RawImages {
    const raw = this.#lists.get(list!);
    if (!raw) throw new Error("the images have not been listed in this thread");
    return raw;
  }
}

/** The parts of Node's and of the browsers' workers that are used here. */
interface WorkerScope {
  readonly process?: { getBuiltinModule?(name: string): unknown };
  postMessage?(message: string): void;
  onmessage?: ((event: { data: WorkerStart }) => void) | null;
}

const scope = globalThis as WorkerScope;
const threads = scope.process?.getBuiltinModule?.("node:worker_threads") as
  | { parentPort: { postMessage(message: string): void } | null; workerData: WorkerStart }
  | undefined;
if (threads?.parentPort) {
  const { parentPort } = threads;
  work(threads.workerData, (message) => parentPort.postMessage(message));
} else {
  scope.onmessage = ({ data }) => work(data, (message) => scope.postMessage?.(message));
}
