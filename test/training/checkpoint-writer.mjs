// Writes one checkpoint after the other to a file, until the test kills it. Each checkpoint has its number in every
// element of W1 and in its version. This program uses the bundle, which starts fast. Its arguments are the path of a
// checkpoint to begin with, and the path to write to.
import { loadCheckpoint, saveCheckpoint } from "../../packages/numgrad/dist/files.js";

const [template, path] = process.argv.slice(2);
const checkpoint = await loadCheckpoint(template);
for (let number = checkpoint.params.w1[0] + 1; ; number++) {
  checkpoint.params.w1.fill(number);
  await saveCheckpoint(path, { ...checkpoint, version: String(number) });
  process.stdout.write(`${number}\n`);
}
