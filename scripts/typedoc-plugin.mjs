// A plugin of TypeDoc: everything from one folder of the sources stands under one heading, each `@throws` begins with the
// names of its errors, and the first signature of a function is the chapter's.
import { CommentTag, Converter, ReflectionKind } from "typedoc";

/**
 * The heading for each folder of `src`, or for a file beside the folders. The order of the headings is in typedoc.json.
 *
 * @type {Readonly<Record<string, string>>}
 */
const HEADINGS = {
  network: "Networks",
  training: "Training",
  differences: "Differences of any function",
  derivatives: "Derivatives with error estimates",
  checking: "Checks of gradients",
  minimization: "Minimization",
  functions: "Functions of the chapter",
  shape: "Arrays",
  data: "Data",
  random: "Random numbers",
  files: "Files",
  errors: "Errors",
  wasm: "The core",
};

/** @param {import("typedoc").Application} app */
export function load(app) {
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    for (const reflection of project.getReflectionsByKind(ReflectionKind.All)) {
      nameErrors(reflection);
      if (reflection.isDeclaration()) orderSignatures(reflection);
      const isTop = reflection.parent?.kindOf([ReflectionKind.Module, ReflectionKind.Project]);
      if (isTop && reflection.isDeclaration()) putUnderHeading(project, reflection);
    }
  });
}

/**
 * Replaces the type in `@throws {ShapeError} if …` by text, because TypeDoc would show it with its braces on a line of
 * its own.
 *
 * @param {import("typedoc").Reflection} reflection
 */
function nameErrors({ comment }) {
  for (const tag of comment?.getTags("@throws") ?? []) {
    if (!tag.typeAnnotation) continue;
    const names = tag.typeAnnotation.slice(1, -1).split(/\s*\|\s*/);
    tag.content.unshift({ kind: "text", text: `${names.map((name) => `\`${name}\``).join(", ")} ` });
    delete tag.typeAnnotation;
  }
}

/** Options by which a function gets or gives more than the chapter's: many points at a time, estimates of its errors. */
const SPECIAL = /^(Batched|Adaptive)/;

/**
 * Puts the signatures with special options behind the others. In the sources they come first, because TypeScript takes the
 * first signature that fits.
 *
 * @param {import("typedoc").DeclarationReflection} reflection
 */
function orderSignatures({ signatures }) {
  /** @param {import("typedoc").SignatureReflection} signature */
  const isSpecial = ({ parameters = [] }) => {
    const type = parameters.at(-1)?.type;
    return type?.type === "reference" && SPECIAL.test(type.name);
  };
  signatures?.sort((a, b) => Number(isSpecial(a)) - Number(isSpecial(b)));
}

/**
 * Gives an export the heading of its file.
 *
 * @param {import("typedoc").ProjectReflection} project
 * @param {import("typedoc").DeclarationReflection} reflection
 */
function putUnderHeading(project, reflection) {
  const path = project.getSymbolIdFromReflection(reflection)?.packagePath ?? "";
  const heading = HEADINGS[/^src\/(\w+)/.exec(path)?.[1] ?? ""] ?? "Figures";
  for (const { comment } of [reflection, ...reflection.getAllSignatures()]) {
    comment?.blockTags.push(new CommentTag("@category", [{ kind: "text", text: heading }]));
  }
}
