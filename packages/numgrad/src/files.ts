/**
 * Files of arrays (npy, npz, safetensors), of a network's parameters, and of checkpoints. `parse…`, `encode…` and
 * `apply…` work with bytes and run everywhere; `load…` and `save…` take a path and run in Node.js, Bun and Deno.
 *
 * @module numgrad/files
 */
export type { ArrayData, ArrayInput, ArrayInputs, Dtype, FileArray } from "./files/arrays.js";
export type { LoadOptions, MemoryOptions } from "./files/file.js";
export { encodeNpy, loadNpy, parseNpy, saveNpy } from "./files/npy.js";
export { encodeNpz, loadNpz, type NpzArrays, type NpzOptions, parseNpz, saveNpz } from "./files/npz.js";
export {
  applyParams,
  encodeParams,
  loadParams,
  type ParamsFormat,
  type ParamsOptions,
  type ParamsOwner,
  saveParams,
} from "./files/params.js";
export {
  encodeSafetensors,
  loadSafetensors,
  parseSafetensors,
  type Safetensors,
  type SafetensorsOptions,
  saveSafetensors,
} from "./files/safetensors.js";
export type { Checkpoint } from "./training/checkpoint.js";
export { encodeCheckpoint, loadCheckpoint, parseCheckpoint, saveCheckpoint } from "./training/checkpoint-file.js";
export type { RunOptions } from "./training/run-options.js";
