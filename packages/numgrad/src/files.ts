/**
 * Files of arrays (npy, npz, safetensors), of parameters and of checkpoints: over bytes everywhere, by path in Node, Bun and
 * Deno.
 *
 * @module numgrad/files
 */
export type { ArrayData, ArrayInput, ArrayInputs, Dtype, FileArray } from "./files/arrays.js";
export type { MemoryOptions } from "./files/file.js";
export { encodeNpy, loadNpy, parseNpy, saveNpy } from "./files/npy.js";
export { encodeNpz, loadNpz, type NpzOptions, parseNpz, saveNpz } from "./files/npz.js";
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
export type { Checkpoint, CheckpointOptions } from "./training/checkpoint.js";
export { encodeCheckpoint, loadCheckpoint, parseCheckpoint, saveCheckpoint } from "./training/checkpoint-file.js";
