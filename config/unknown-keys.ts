import leven from "leven";
import { z } from "zod";

/** A problem of a file: the path of the key, and what is wrong with it. */
export type KeyProblem = { readonly path: readonly string[]; readonly problem: string };

/**
 * The problems that a schema finds in a file. An unknown key has a problem of its own, with its whole path and the
 * nearest known key.
 */
export function keyProblems(schema: z.ZodType, error: z.ZodError): readonly KeyProblem[] {
  const known = knownPaths(
    z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) as JsonSchema,
  );
  return error.issues.flatMap((issue) => {
    const path = issue.path.map(String);
    if (issue.code !== "unrecognized_keys") return [{ path, problem: issue.message }];
    return issue.keys.map((key) => ({
      path: [...path, key],
      problem: `unknown key${hintOf([...path, key], known)}`,
    }));
  });
}

type JsonSchema = {
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly items?: JsonSchema;
};

type Path = readonly string[];

/** Stands for any index of a list. */
const ANY_INDEX = "*";

function knownPaths({ properties = {}, items }: JsonSchema): readonly Path[] {
  const children = items === undefined ? properties : { ...properties, [ANY_INDEX]: items };
  return Object.entries(children).flatMap(([key, child]) => [
    [key],
    ...knownPaths(child).map((rest) => [key, ...rest]),
  ]);
}

function hintOf(path: Path, known: readonly Path[]): string {
  const nearest = nearestOf(path, known);
  if (nearest !== null) return `; the nearest known one is ${nearest.join(".")}`;
  const siblings = known.filter((one) => isSibling(one, path)).map((one) => one.at(-1));
  return siblings.length === 0 ? "" : `; known here are ${siblings.join(", ")}`;
}

/** The known key with the most similar name, the same level first; null if none is similar. */
function nearestOf(path: Path, known: readonly Path[]): Path | null {
  const name = path.at(-1) ?? "";
  const limit = Math.max(2, Math.floor(name.length / 2));
  const ranked = known
    .map((one) => ({
      path: one,
      edits: leven(name, one.at(-1) ?? ""),
      level: isSibling(one, path) ? 0 : 1,
    }))
    .filter((one) => one.edits <= limit)
    .toSorted((one, other) => one.edits - other.edits || one.level - other.level);
  return ranked[0]?.path ?? null;
}

function isSibling(known: Path, path: Path): boolean {
  return (
    known.length === path.length &&
    known.slice(0, -1).every((part, index) => part === ANY_INDEX || part === path[index])
  );
}
