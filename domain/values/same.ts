/** Whether two values are the same as JSON: a field that is undefined is one that is missing. */
export function isSame(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a)) return Array.isArray(b) && isSameList(a, b);
  return !Array.isArray(b) && hasFieldsOf(a, b) && isWithin(b, a);
}

function isSameList(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((value, index) => isSame(value, b[index]));
}

type Fields = Readonly<Record<string, unknown>>;

/** Every field of `a` is the same in `b`. */
function hasFieldsOf(a: object, b: object): boolean {
  for (const name in a) {
    if (!isSame((a as Fields)[name], (b as Fields)[name])) return false;
  }
  return true;
}

/** No field has a value in `a` that is missing in `b`. */
function isWithin(a: object, b: object): boolean {
  for (const name in a) {
    if ((b as Fields)[name] === undefined && (a as Fields)[name] !== undefined) return false;
  }
  return true;
}
