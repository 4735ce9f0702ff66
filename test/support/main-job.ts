import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { RandomState } from "../../packages/numgrad/src/random/random-state.js";
import { idxFile, temporaryDirectory } from "./idx-files.js";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** The built program, as `npm start` runs it. */
export const PROGRAM = ["packages/train/dist/main.js"];

/** How a process ended, and what it printed. */
export interface Ended {
  /** Exit code; `null` if a signal ended the process. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs the main job to its end, with its options in one line or one by one. `onOutput` gets everything that the job has
 * printed so far; the first call, before the start, gets "".
 */
export function run(
  options: string | readonly string[],
  onOutput?: (stdout: string, child: ChildProcess) => void,
): Promise<Ended> {
  const args = typeof options === "string" ? options.split(" ") : options;
  const child = spawn(process.execPath, [...PROGRAM, ...args], { cwd: ROOT });
  let [stdout, stderr] = ["", ""];
  onOutput?.(stdout, child);
  child.stdout.on("data", (chunk) => {
    stdout += chunk;
    onOutput?.(stdout, child);
  });
  child.stderr.on("data", (chunk) => {
    stderr += chunk;
  });
  return new Promise((resolve) => child.on("close", (code) => resolve({ code, stdout, stderr })));
}

/**
 * Options of a small run by backpropagation, which lasts some milliseconds if `steps` is 40 and does not end if it is
 * 1e8.
 */
export function smallRun(steps: number): string {
  return `--data ${temporaryDirectory(smallImages())} --batch-size 20 --hidden 5 --gradient backprop --steps ${steps}`;
}

/** 300 training and 50 test images of 8 × 8 pixels. The pixels in the column of the image's class are lighter. */
export function smallImages(seed = 1): Record<string, Uint8Array> {
  const random = new RandomState(seed);
  const images = (size: number) => {
    const labels = random.randint(0, 10, size);
    const data = Array.from(random.randint(0, 120, size * 64), (pixel, i) =>
      i % 10 === labels[Math.floor(i / 64)] ? pixel + 120 : pixel,
    );
    return [idxFile([size, 8, 8], data), idxFile([size], labels)] as const;
  };
  const [[x, t], [testX, testT]] = [images(300), images(50)];
  return {
    "train-images-idx3-ubyte": x,
    "train-labels-idx1-ubyte": t,
    "t10k-images-idx3-ubyte": testX,
    "t10k-labels-idx1-ubyte": testT,
  };
}
