import { readGolden } from "./golden.js";

/** A numeric example of the five notes, or a well-known example of the chapter that no note prints. */
export interface NoteExample {
  id: string;
  note: string | null;
  function: string;
  inputs: Record<string, unknown>;
  /** The value as printed; null if only the call is printed. */
  printed: unknown;
  /** The value in full precision. */
  value: unknown;
}

/** The example with this id in test/golden/notes.json. */
export function noteExample(id: string): NoteExample {
  const example = readGolden<{ examples: NoteExample[] }>("notes.json").examples.find(
    (candidate) => candidate.id === id,
  );
  if (!example) throw new Error(`test/golden/notes.json has no example ${id}`);
  return example;
}
