import { relative } from "node:path/posix";
import type { Plugin } from "vitest/config";

/** How to change the code of a variant; the key stands behind `?variant=` in an import. */
export type Variants = Readonly<Record<string, (path: string, code: string) => string>>;

/**
 * Loads a file once more, with all project files that it imports, in changed code: `import("./a.ts?variant=x")`.
 *
 * @param root absolute path of the project
 * @param variants functions of a file's path from the root and its code
 */
export function variantsPlugin(root: string, variants: Variants): Plugin {
  return {
    name: "variants-of-the-code",
    enforce: "pre",
    async resolveId(source, importer, options) {
      const variant = variantOf(source) ?? variantOf(importer ?? "");
      if (variant === null) return null;
      const resolved = await this.resolve(pathOf(source), importer && pathOf(importer), {
        ...options,
        skipSelf: true,
      });
      if (resolved === null || !isProjectFile(root, resolved.id)) return resolved;
      return { ...resolved, id: `${pathOf(resolved.id)}?variant=${variant}` };
    },
    transform(code, id) {
      const change = variants[variantOf(id) ?? ""];
      if (change === undefined) return null;
      return { code: change(relative(root, pathOf(id)), code), map: null };
    },
  };
}

const variantOf = (id: string): string | null => /\?variant=([\w-]+)$/.exec(id)?.[1] ?? null;

const pathOf = (id: string): string => id.replace(/\?variant=[\w-]+$/, "");

const isProjectFile = (root: string, id: string): boolean =>
  id.startsWith(`${root}/`) && !id.includes("/node_modules/");
