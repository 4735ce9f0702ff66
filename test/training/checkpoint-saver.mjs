// Saves one checkpoint, and prints the error, if there is one, as JSON. The checkpoint is that of the first file, with
// the next number in every element of W1 and in its version. Its arguments are the path of a checkpoint to begin with,
// and the path to write to. This program uses the bundle, which starts fast.
import { loadCheckpoint, saveCheckpoint } from "../../packages/numgrad/dist/files.js";

const [template, path] = process.argv.slice(2);
const checkpoint = await loadCheckpoint(template);
const number = checkpoint.params.w1[0] + 1;
checkpoint.params.w1.fill(number);
try {
  await saveCheckpoint(path, { ...checkpoint, version: String(number) });
  process.stdout.write("{}");
} catch ({ name, message, cause }) {
  process.stdout.write(JSON.stringify({ name, message, code: cause?.code }));
}
