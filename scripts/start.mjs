// Runs the main job. A wrong option and `--help` are answered first, before anything is installed or built.
import { answerOptions } from "./options.mjs";

const args = process.argv.slice(2);
const answer = await answerOptions(args);
if (answer === undefined) {
  await import("./setup.mjs");
  await import(`${import.meta.dirname}/../packages/train/dist/main.js`);
} else {
  (answer.exitCode === 0 ? process.stdout : process.stderr).write(answer.text);
  process.exitCode = answer.exitCode;
}
