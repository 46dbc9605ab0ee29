import { isSame } from "./same.ts";

/**
 * The difference between two values, as JSON that people can read. A path names a field by the names on the way to it, and an
 * entry of a list by its number: `charge.phase`, `attempts.2`.
 */
export type Patch = {
  /** New values by their paths. What is not named stays as it was. */
  readonly changes: Readonly<Record<string, unknown>>;
  /** Paths that get the value of the top-level field of the same name, as it was before. Absent: none. */
  readonly copied?: readonly string[];
  /** Paths of fields that are gone. Absent: none. */
  readonly removed?: readonly string[];
};

type Fields = Readonly<Record<string, unknown>>;

/** A patch under construction. */
type Parts = {
  readonly changes: readonly (readonly [path: string, value: unknown])[];
  readonly copied: readonly string[];
  readonly removed: readonly string[];
};

const NOTHING: Parts = { changes: [], copied: [], removed: [] };

/**
 * What turns `before` into `after`. Of a list that has grown or an object that has changed it names what is new, where that is
 * shorter than the whole.
 * @param isFlat every field that changed is named as a whole
 */
export function patchOf(before: object, after: object, isFlat = false): Patch {
  const { changes, copied, removed } = partsOfFields(
    "",
    before as Fields,
    after as Fields,
    isFlat ? null : (before as Fields),
  );
  return {
    changes: Object.fromEntries(changes),
    ...(copied.length === 0 ? {} : { copied }),
    ...(removed.length === 0 ? {} : { removed }),
  };
}

/** The value after a patch. `before` stays as it is. */
export function patched<T extends object>(before: T, patch: Patch): T {
  const { changes, copied = [], removed = [] } = patch;
  const steps = [
    ...Object.entries(changes),
    ...copied.map((path) => [path, (before as Fields)[nameIn(path)]] as const),
  ].map(([path, value]) => ({ path: path.split("."), value }));
  const kept = removed.reduce<unknown>(
    (value, path) => withValue(value, path.split("."), undefined),
    before,
  );
  // A container comes before what is in it.
  return steps
    .toSorted((a, b) => a.path.length - b.path.length)
    .reduce<unknown>((value, step) => withValue(value, step.path, step.value), kept) as T;
}

function withValue(
  target: unknown,
  [name = "", ...rest]: readonly string[],
  value: unknown,
): unknown {
  if (Array.isArray(target)) {
    const list: unknown[] = [...(target as readonly unknown[])];
    const index = Number(name);
    list[index] = rest.length === 0 ? value : withValue(list[index], rest, value);
    return list;
  }
  const fields = target as Fields;
  if (rest.length > 0) return { ...fields, [name]: withValue(fields[name], rest, value) };
  const { [name]: _, ...others } = fields;
  return value === undefined ? others : { ...fields, [name]: value };
}

/** @param root what may be copied; null where everything is named as a whole */
function partsOfFields(prefix: string, before: Fields, after: Fields, root: Fields | null): Parts {
  const parts: Parts[] = [];
  for (const name in after) {
    const value = after[name];
    if (value === undefined || isSame(before[name], value)) continue;
    const path = `${prefix}${name}`;
    parts.push(root === null ? wholeOf(path, value) : shortest(path, before[name], value, root));
  }
  for (const name in before) {
    if (before[name] === undefined || after[name] !== undefined) continue;
    parts.push({ ...NOTHING, removed: [`${prefix}${name}`] });
  }
  return joined(parts);
}

function wholeOf(path: string, value: unknown): Parts {
  return { ...NOTHING, changes: [[path, value]] };
}

/** The shortest way to say that the field at `path` has a new value. */
function shortest(path: string, before: unknown, value: unknown, root: Fields): Parts {
  const whole = wholeOf(path, value);
  if (!isContainer(value)) return whole;
  const ways = [
    partsWithin(path, before, value, root),
    partsOfCopy(path, value, root),
    Array.isArray(value) ? null : partsOfNew(path, value as Fields, root),
  ];
  return ways.reduce<Parts>(
    (best, way) => (way !== null && lengthOf(way) < lengthOf(best) ? way : best),
    whole,
  );
}

/** What changed inside of a container; null where that cannot be said. */
function partsWithin(path: string, before: unknown, after: unknown, root: Fields): Parts | null {
  if (!isContainer(before) || Array.isArray(before) !== Array.isArray(after)) return null;
  if (!hasPlainNames(before) || !hasPlainNames(after as object)) return null;
  if (Array.isArray(before) && before.length > (after as readonly unknown[]).length) return null;
  return partsOfFields(`${path}.`, before as Fields, after as Fields, root);
}

/** The value of the top-level field of the same name, with what differs from it; null where it is not like it. */
function partsOfCopy(path: string, value: object, root: Fields): Parts | null {
  const name = nameIn(path);
  const original = root[name];
  if (name === path || !isContainer(original)) return null;
  const rest = isSame(original, value) ? NOTHING : partsWithin(path, original, value, root);
  // The path exists only once it is copied, so nothing can be removed from it before.
  if (rest === null || rest.removed.length > 0) return null;
  return joined([{ ...NOTHING, copied: [path] }, rest]);
}

/** A new object, of which some fields are copied; null where none are. */
function partsOfNew(path: string, value: Fields, root: Fields): Parts | null {
  if (!hasPlainNames(value)) return null;
  const named: Record<string, unknown> = {};
  const copies: Parts[] = [];
  for (const name in value) {
    const field = value[name];
    const inner = `${path}.${name}`;
    const copy = isContainer(field) ? partsOfCopy(inner, field, root) : null;
    if (copy === null || lengthOf(copy) >= lengthOf(wholeOf(inner, field))) named[name] = field;
    else copies.push(copy);
  }
  return copies.length === 0 ? null : joined([wholeOf(path, named), ...copies]);
}

function joined(parts: readonly Parts[]): Parts {
  return {
    changes: parts.flatMap(({ changes }) => changes),
    copied: parts.flatMap(({ copied }) => copied),
    removed: parts.flatMap(({ removed }) => removed),
  };
}

function lengthOf({ changes, copied, removed }: Parts): number {
  return [...changes, ...copied, ...removed].reduce<number>(
    (total, part) => total + JSON.stringify(part).length,
    0,
  );
}

function isContainer(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

/** A path could not name a field whose own name has a dot. */
function hasPlainNames(value: object): boolean {
  return Object.keys(value).every((name) => name !== "" && !name.includes("."));
}

function nameIn(path: string): string {
  return path.slice(path.lastIndexOf(".") + 1);
}
