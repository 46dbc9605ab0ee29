import { dirname, join } from "node:path/posix";
import { type Comment, parseSync, Visitor } from "oxc-parser";

/** An import of one file by another: `import`, `export … from`, `import()`, and `import("…")` in a type. */
export type Import = {
  readonly from: string;
  readonly to: string;
  readonly line: number;
  /** The statement on one line, for messages. */
  readonly statement: string;
  /** The compiler erases it: `import type`, `export type … from`, `import("…")` in a type. */
  readonly isTypeOnly: boolean;
};

/** The text of one `@source` note. */
export type Note = { readonly path: string; readonly line: number; readonly text: string };

export type Parsed = { readonly imports: readonly Import[]; readonly notes: readonly Note[] };

/** Reads the relative imports and the `@source` notes of a TypeScript file. Throws on a syntax error. */
export function parse(path: string, text: string): Parsed {
  const { program, comments, errors } = parseSync(path, text);
  const [error] = errors;
  if (error !== undefined) throw new Error(`${path}: ${error.message}`);
  const lineAt = (offset: number): number => text.slice(0, offset).split("\n").length;

  const imports: Import[] = [];
  type Node = { readonly start: number; readonly end: number };
  const add = (node: Node, specifier: unknown, isTypeOnly: boolean): void => {
    if (typeof specifier !== "string" || !specifier.startsWith(".")) return;
    imports.push({
      from: path,
      to: join(dirname(path), specifier),
      line: lineAt(node.start),
      statement: text.slice(node.start, node.end).replace(/\s+/g, " "),
      isTypeOnly,
    });
  };
  new Visitor({
    ImportDeclaration: (node) => add(node, node.source.value, node.importKind === "type"),
    ExportNamedDeclaration: (node) => add(node, node.source?.value, node.exportKind === "type"),
    ExportAllDeclaration: (node) => add(node, node.source.value, node.exportKind === "type"),
    ImportExpression: (node) => add(node, "value" in node.source && node.source.value, false),
    TSImportType: (node) => add(node, node.source.value, true),
  }).visit(program);

  const notes = blocksOf(text, comments).flatMap((block) =>
    [...block.text.matchAll(NOTE)].map((match) => ({
      path,
      line: lineAt(block.start) + block.text.slice(0, match.index).split("\n").length - 1,
      text: (match[1] ?? "").trim().replace(/\s+/g, " "),
    })),
  );
  return { imports, notes };
}

/** Up to an empty line, the next tag, or the end of the comment. A tag in backticks is a mention. */
const NOTE = /(?<![`\w])@source\b((?:(?!\n[ \t]*\n|\n[ \t]*@\w|(?<![`\w])@source\b)[^])*)/g;

type Block = { readonly start: number; readonly text: string };

/** Comments without their marks; line comments that follow each other are one block. */
function blocksOf(text: string, comments: readonly Comment[]): readonly Block[] {
  const blocks: Block[] = [];
  let end = -1;
  for (const comment of comments) {
    const last = blocks.at(-1);
    if (comment.type === "Line" && last !== undefined && isNextLine(text, end, comment.start)) {
      blocks[blocks.length - 1] = { ...last, text: `${last.text}\n${comment.value}` };
      end = comment.end;
    } else {
      blocks.push({ start: comment.start, text: comment.value.replace(/^[ \t]*\*/gm, "") });
      end = comment.type === "Line" ? comment.end : -1;
    }
  }
  return blocks;
}

function isNextLine(text: string, end: number, start: number): boolean {
  return end >= 0 && /^[ \t]*\r?\n[ \t]*$/.test(text.slice(end, start));
}
