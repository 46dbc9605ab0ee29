/** Enough for every language and time zone that customers of one merchant have, and no more memory than that. */
const KEPT_MAX = 500;

/** What costs more to make than to use is made once for each key; past `KEPT_MAX` it begins anew. */
export function memoize<T>(): (key: string, make: () => T) => T {
  const known = new Map<string, T>();
  return (key, make) => {
    const found = known.get(key);
    if (found !== undefined) return found;
    if (known.size >= KEPT_MAX) known.clear();
    const made = make();
    known.set(key, made);
    return made;
  };
}
