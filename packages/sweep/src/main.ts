#!/usr/bin/env node
// Sweeps of hyperparameters: the commands run, resume, status, export and worker.
import { ArgumentError, NumgradError } from "numgrad";
import { end, stopOnClosedOutput, stopOnSignals } from "numgrad-program/stopping";
import { type Command, HELP, parseCommand } from "./command-line.js";
import { printable, SweepError, UsageError } from "./errors.js";
import { exportSweep } from "./run/export.js";
import { run } from "./run/run.js";
import { status } from "./run/status.js";

end(await main(process.argv.slice(2)));

/** Returns the exit code. */
async function main(args: string[]): Promise<number> {
  const controller = new AbortController();
  stopOnClosedOutput(controller);
  try {
    const command = parseCommand(args, process.env);
    stopOnSignals(controller);
    return await perform(command, controller.signal);
  } catch (error) {
    if (!(error instanceof UsageError || error instanceof SweepError || error instanceof NumgradError)) throw error;
    console.error(printable(error.message));
    return error instanceof UsageError || error instanceof ArgumentError ? 2 : 1;
  }
}

async function perform(command: Command, signal: AbortSignal): Promise<number> {
  if (command.name === "run" || command.name === "resume") return run(command, signal);
  if (command.name === "status") return status(command.path, command.watch, signal);
  if (command.name === "export") return exportSweep(command.path, command.optuna);
  // BullMQ takes half a second to load, so only the commands that need a queue load it.
  if (command.name === "worker") return (await import("./queue/worker.js")).work(command, signal);
  process.stdout.write(HELP);
  return 0;
}
