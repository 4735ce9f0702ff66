import { type Checkpoint, type DataFormatError, loadMnist, matrix, TwoLayerNet } from "numgrad";
import {
  applyParams,
  type Dtype,
  encodeCheckpoint,
  encodeNpy,
  encodeNpz,
  encodeParams,
  encodeSafetensors,
  type FileArray,
  loadNpz,
  loadParams,
  type NpzArrays,
  type ParamsFormat,
  parseCheckpoint,
  parseNpy,
  parseNpz,
  parseSafetensors,
  saveCheckpoint,
  saveParams,
} from "numgrad/files";
import { exactly, some } from "./exactly.js";

const net = new TwoLayerNet({ inputSize: 2, hiddenSize: 3, outputSize: 2 });

exactly<Uint8Array>()(encodeNpy(matrix([[1, 2]])));
exactly<Uint8Array>()(
  encodeNpz({ x: BigInt64Array.of(1n), half: { shape: [1], data: Float32Array.of(1), dtype: "float16" } }),
);
exactly<FileArray>()(parseNpy(new Uint8Array(0)));
exactly<NpzArrays>()(parseNpz(new Uint8Array(0), { memoryLimit: 2 ** 20 }));
exactly<Promise<NpzArrays>>()(loadNpz(new URL("file:///x.npz"), { signal: AbortSignal.timeout(1000) }));
some<(arrays: Map<string, FileArray>) => void>()(parseNpz(new Uint8Array(0)));
exactly<ReadonlyMap<string, DataFormatError>>()(parseSafetensors(new Uint8Array(0)).skipped);
exactly<Map<string, string>>()(parseSafetensors(new Uint8Array(0)).metadata);
exactly<Uint8Array>()(encodeSafetensors(new Map([["x", Float64Array.of(1)]]), { metadata: { made: "by hand" } }));
// @ts-expect-error: a plain array has no type of elements
encodeNpy([1, 2]);
// @ts-expect-error: no file has this type of elements
encodeNpz({ x: { shape: [1], data: Float32Array.of(1), dtype: "float128" } });
// @ts-expect-error: metadata are texts
encodeSafetensors({}, { metadata: { epochs: 3 } });
exactly<true>()(some<"float64" extends Dtype ? true : false>());

exactly<"npz" | "safetensors">()(some<ParamsFormat>());
exactly<Uint8Array>()(encodeParams(net, { format: "safetensors" }));
exactly<void>()(applyParams(encodeParams(net), net));
exactly<Promise<void>>()(saveParams("params.npz", net));
exactly<Promise<void>>()(loadParams("params.npz", net, { memoryLimit: 2 ** 20 }));
// @ts-expect-error: the ending of the path decides the format
saveParams("params.npz", net, { format: "npz" });

exactly<Checkpoint>()(parseCheckpoint(encodeCheckpoint(some<Checkpoint>())));
exactly<Promise<void>>()(saveCheckpoint("run.safetensors", some<Checkpoint>()));
// @ts-expect-error: directory is one path. (Without the types of the DOM or of Node, a URL is any object.)
loadMnist({ directory: ["mnist"] });
