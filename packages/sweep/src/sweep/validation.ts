import { Ajv, type ErrorObject, type ValidateFunction } from "ajv";

const ajv = new Ajv({ allowUnionTypes: true, verbose: true });

/** Makes a check of values against a JSON Schema. */
export function compile<T>(schema: object): ValidateFunction<T> {
  return ajv.compile<T>(schema);
}

/** The value of a JSON text of a stranger; undefined if it is no JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The first error of a check in words: the path of the value, what is expected there, and what stands there. */
export function describeErrors(errors: readonly ErrorObject[] | null | undefined): string {
  const error = errors?.find(({ keyword }) => keyword !== "if");
  if (!error) return "a value of another form was expected";
  const { keyword, params, instancePath } = error;
  if (keyword === "additionalProperties") {
    const known = Object.keys((error.parentSchema as { properties?: object }).properties ?? {});
    return `${pathOf(instancePath, params.additionalProperty)}: unknown, expected one of ${known.join(", ")}`;
  }
  if (keyword === "required") return `${pathOf(instancePath, params.missingProperty)}: missing`;
  return `${pathOf(instancePath)}: expected ${expectation(error)}, got ${show(error.data)}`;
}

/** `/options/seeds/0` as `options.seeds[0]`. */
function pathOf(pointer: string, last?: string): string {
  const parts = pointer
    .split("/")
    .slice(1)
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
  const all = last === undefined ? parts : [...parts, last];
  const path = all.map((part) => (/^\d+$/.test(part) ? `[${part}]` : `.${part}`)).join("");
  return path === "" ? "the file" : path.replace(/^\./, "");
}

const BOUNDS: Readonly<Record<string, string>> = {
  minimum: "at least",
  maximum: "at most",
  exclusiveMinimum: "more than",
};

const ARTICLES: Readonly<Record<string, string>> = { array: "a list", integer: "an integer", object: "an object" };

function expectation({ keyword, params, schema }: ErrorObject): string {
  const bound = BOUNDS[keyword];
  if (bound !== undefined) return `a number of ${bound} ${params.limit}`;
  if (keyword === "type")
    return [params.type]
      .flat()
      .map((type) => ARTICLES[type] ?? `a ${type}`)
      .join(" or ");
  if (keyword === "enum") return (schema as unknown[]).map((value) => JSON.stringify(value)).join(" or ");
  if (keyword === "const") return JSON.stringify(schema);
  if (keyword === "minItems" || keyword === "minLength") return `a length of at least ${params.limit}`;
  if (keyword === "maxItems" || keyword === "maxLength") return `a length of at most ${params.limit}`;
  if (keyword === "uniqueItems") return "values that differ";
  return keyword === "pattern" ? `a text of the form ${params.pattern}` : keyword;
}

/** A value as messages show it. */
function show(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
  if (Array.isArray(value)) return `a list of length ${value.length}`;
  return typeof value === "object" && value !== null ? "an object" : String(value);
}
