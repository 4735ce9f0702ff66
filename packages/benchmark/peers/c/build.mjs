// Compiles the library for both types. The argument is the folder for the results.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const source = fileURLToPath(new URL("two_layer.c", import.meta.url));
const flags = ["-O3", "-march=native", "-ffast-math", "-shared", "-fPIC"];
for (const [dtype, real] of [
  ["float32", "float"],
  ["float64", "double"],
]) {
  const library = join(process.argv[2], `two_layer_${dtype}.so`);
  const args = [...flags, `-DREAL=${real}`, source, "-o", library, "-lm"];
  const { status, error } = spawnSync("gcc", args, { stdio: "inherit" });
  if (error) console.error(error.code === "ENOENT" ? "gcc is not on the PATH" : error.message);
  if (status !== 0) process.exit(1);
}
