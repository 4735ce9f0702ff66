import { readGolden } from "./golden.js";

/** A numeric example of the five notes, or a well-known one of the chapter that no note prints. */
export interface NoteExample {
  id: string;
  note: string | null;
  function: string;
  inputs: Record<string, unknown>;
  /** As printed; null where only the call is printed. */
  printed: unknown;
  /** In full precision. */
  value: unknown;
}

/** The example with this id in test/golden/notes.json. */
export function noteExample(id: string): NoteExample {
  const example = readGolden<{ examples: NoteExample[] }>("notes.json").examples.find((e) => e.id === id);
  if (!example) throw new Error(`test/golden/notes.json has no example ${id}`);
  return example;
}
