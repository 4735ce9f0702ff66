import { describe, expect, test } from "vitest";
import { HELP } from "../../packages/train/src/options.js";
import { run } from "../support/main-job.js";

describe("the program", () => {
  test.each(["--help", "-h"])("%s prints the options and exits with code 0", async (help) => {
    expect(await run(help)).toEqual({ code: 0, stdout: HELP, stderr: "" });
  });

  test.each([
    ["--step 3", "Unknown option '--step' (--help lists the options)\n"],
    ["-x", "Unknown option '-x' (--help lists the options)\n"],
    ["--hidden 1e9", "--hidden: expected an integer from 1 to 268435456, got 1000000000\n"],
    ["--batch-size 2000000", "--batch-size: expected an integer from 1 to 1048576, got 2000000\n"],
    ["--h 1e-320", "--h: expected a positive number, of which neither 2h nor 1/2h overflows, got 1e-320\n"],
    ["--weight-init-std 1e308", "--weight-init-std: expected a finite number, got Infinity\n"],
    ["--hidden 0", "--hidden: expected an integer of at least 1, got 0\n"],
    ["--data no/such/directory", "--data: expected a directory, got no/such/directory\n"],
  ])("%s prints one line and exits with code 2", async (line, stderr) => {
    expect(await run(line)).toEqual({ code: 2, stdout: "", stderr });
  });

  test("a directory without the files leads to one line and exit code 2", async () => {
    const { code, stdout, stderr } = await run("--data scripts");
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(/^--data: .*lacks 4 of the four files: train-images-idx3-ubyte, .*, raw or as \.gz\n$/);
  });

  test.each(["numerical", "backprop"])("a short run by %s trains and prints a summary", async (gradient) => {
    const { code, stdout, stderr } = await run(`--gradient ${gradient} --steps 20 --hidden 5`);
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(/^784-5-10 network, 3,985 parameters; 60,000 images; /);
    expect(stdout).toMatch(/\ntrain acc, test acc \| 0\.\d+, 0\.\d+\n/);
    expect(stdout).toMatch(/\nstep 20\/20 \| loss \d\.\d{4} \| .* steps\/s\n/);
    expect(stdout).toMatch(
      /\nFinished after 20 steps\.\n {2}accuracy {3}train \d+\.\d\d %, test \d+\.\d\d %\n {2}time /,
    );
  });

  test("epochs are converted to steps", async () => {
    const { code, stdout } = await run(
      "--gradient backprop --epochs 1 --batch-size 3000 --hidden 5 --sampling shuffle",
    );
    expect(code).toBe(0);
    expect(stdout).toContain("Finished after 20 steps.");
  });

  test("a learning rate that is far too large leads to a message, a summary and exit code 1", async () => {
    const { code, stdout, stderr } = await run("--gradient backprop --learning-rate 1e308 --steps 50 --hidden 5");
    expect(code).toBe(1);
    expect(stderr).toMatch(/^.+\n$/);
    expect(stdout).toMatch(/\nDiverged after \d+ of 50 steps\.\n/);
  });

  test("SIGINT (Ctrl-C) stops the run with the summary so far and exit code 130", async () => {
    let sent = false;
    const { code, stdout, stderr } = await run("--gradient backprop --steps 1000000", (text, child) => {
      if (sent || !text.includes("train acc")) return;
      sent = true;
      child.kill("SIGINT");
    });
    expect([code, stderr]).toEqual([130, ""]);
    expect(stdout).toMatch(/\nStopped after [\d,]+ of 1,000,000 steps\.\n {2}accuracy /);
  });
});
