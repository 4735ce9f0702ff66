// Compiles the library for both types. The argument is the folder for the results.
import { spawnSync } from "node:child_process";
import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const [folder] = process.argv.slice(2);
const target = join(folder, "target");
const manifest = fileURLToPath(new URL("Cargo.toml", import.meta.url));
const env = { ...process.env, RUSTFLAGS: "-C target-cpu=native", CARGO_TARGET_DIR: target };
for (const dtype of ["float32", "float64"]) {
  const features = dtype === "float64" ? ["--features", dtype] : [];
  const args = ["build", "--release", "--locked", "--quiet", "--manifest-path", manifest, ...features];
  const { status, error } = spawnSync("cargo", args, { stdio: "inherit", env });
  if (error) console.error(error.code === "ENOENT" ? "cargo is not on the PATH" : error.message);
  if (status !== 0) process.exit(1);
  const built = { darwin: "libtwo_layer_candle.dylib", win32: "two_layer_candle.dll" }[process.platform];
  copyFileSync(
    join(target, "release", built ?? "libtwo_layer_candle.so"),
    join(folder, `two_layer_candle_${dtype}.so`),
  );
}
