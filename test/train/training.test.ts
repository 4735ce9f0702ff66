import { type Dataset, type Evaluation, History, TwoLayerNet } from "numgrad";
import { describe, expect, test, vi } from "vitest";
import { loadData } from "../../packages/train/src/data.js";
import { finalAccuracies } from "../../packages/train/src/training.js";
import { temporaryDirectory } from "../support/idx-files.js";
import { run, smallImages } from "../support/main-job.js";

describe("the accuracies at the end", () => {
  const history = (evaluations: Evaluation[]) => Object.assign(new History(), { evaluations });
  const measured = { step: 29, epoch: 1, trainAccuracy: 0.25, testAccuracy: 0.125 };
  const load = () => loadData(temporaryDirectory(smallImages()));
  const make = () => new TwoLayerNet({ inputSize: 64, hiddenSize: 5, outputSize: 10, weightInitStd: 1, random: 0 });
  const accuracyOf = (net: TwoLayerNet, data: Dataset) => net.accuracy(data.x(), data.labels);

  test("are those that the run has measured after its last step", async () => {
    const [net, data] = [make(), await load()];
    const spy = vi.spyOn(net, "accuracy");
    expect(await finalAccuracies(net, data, history([measured]), { status: "aborted", steps: 30 })).toEqual({
      trainAccuracy: 0.25,
      testAccuracy: 0.125,
    });
    expect(spy).not.toHaveBeenCalled();
  });

  test.each([
    ["are measured if the run has made more steps since", [measured], "finished", 31],
    ["are measured if there is no evaluation", [], "aborted", 0],
    ["are measured if the run has diverged", [measured], "diverged", 30],
  ] as const)("%s", async (_, evaluations, status, steps) => {
    const [net, data] = [make(), await load()];
    expect(await finalAccuracies(net, data, history([...evaluations]), { status, steps })).toEqual({
      trainAccuracy: accuracyOf(net, data.train),
      testAccuracy: accuracyOf(net, data.test),
    });
  });
});

test("a second Ctrl-C ends the evaluation at the end", async () => {
  // With so many hidden units the evaluation of MNIST takes many seconds. After it the program would say where it stopped.
  let isAsked = false;
  const ended = await run("--gradient backprop --hidden 1500 --batch-size 10 --steps 100000", (text, child) => {
    if (isAsked || !text.includes("train acc")) return;
    isAsked = true;
    child.kill("SIGINT");
    setTimeout(() => child.kill("SIGINT"), 1200);
  });
  expect(ended.code).toBe(130);
  expect(ended.stdout).not.toContain("Stopped after");
});

test("the time per step leaves out the first evaluation and the preparation of the images", async () => {
  const { stdout } = await run("--steps 5 --gradient backprop --quiet");
  const [, total, unit, perStep] = /time +(\S+) (ms|s), (\S+) ms per step/.exec(stdout) ?? [];
  // Five steps take some milliseconds, the evaluation and the preparation some hundred.
  expect(5 * Number(perStep)).toBeLessThan((Number(total) * (unit === "s" ? 1000 : 1)) / 3);
});
