import { ArgumentError } from "numgrad";
import { flagOf, UsageError } from "./command-line.js";
import type { Hyperparameters } from "./options.js";

/** The flags behind arguments of numgrad that have other names. */
const FLAGS: ReadonlyMap<string, string> = new Map([
  ["options.optimizer.learningRate", "--learning-rate"],
  ["options.hiddenSize", "--hidden"],
  ["40 × options.weightInitStd", "--weight-init-std"],
  ["net.inputSize", "--data"],
  ["net.hiddenSize", "--hidden"],
  ["net.outputSize", "--data"],
  ["data.train", "--data"],
  ["data.test", "--data"],
]);

/**
 * Puts an error of numgrad about an argument into the words of the command line; returns other errors.
 *
 * @param path Path of the checkpoint from which the run continues, if there is one.
 */
export function explain(error: unknown, hyperparameters: Hyperparameters, path: string | undefined): unknown {
  if (!(error instanceof ArgumentError)) return error;
  const flag = FLAGS.get(error.argument) ?? flagBehind(error.argument, hyperparameters);
  if (flag === undefined) return error;
  const expected = error.expected.replace("options.resume", path ?? "the checkpoint");
  return new UsageError(`${flag}: expected ${expected}, got ${error.received}`);
}

function flagBehind(argument: string, hyperparameters: Hyperparameters): string | undefined {
  const [, name = ""] = /^options\.(\w+)$/.exec(argument) ?? [];
  if (name === "steps" && hyperparameters.epochs !== undefined) return "--epochs (in steps)";
  return name in hyperparameters || name === "steps" ? flagOf(name) : undefined;
}
