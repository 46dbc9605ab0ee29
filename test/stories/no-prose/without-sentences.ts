import { parseSync, Visitor } from "oxc-parser";

/** Two words with a space between them; punctuation may stand next to the space. */
const SENTENCE = /\p{L}[^\s\p{L}]*\s+[^\s\p{L}]*\p{L}/u;

type Range = { readonly start: number; readonly end: number };

/**
 * Replaces every sentence in TypeScript code by "…": each string literal and template with two words or more, a
 * template together with the values in it. Module names and regular expressions stay.
 *
 * @throws Error for a syntax error
 */
export function withoutSentences(path: string, code: string): string {
  const { program, errors } = parseSync(path, code);
  const [error] = errors;
  if (error !== undefined) throw new Error(`${path}: ${error.message}`);
  const sentences: Range[] = [];
  // Offsets of what is no text: the name of a module, and what a tag interprets.
  const excluded = new Set<number>();
  const exclude = (node: Range | null): void => {
    if (node !== null) excluded.add(node.start);
  };
  new Visitor({
    ImportDeclaration: ({ source }) => exclude(source),
    ImportExpression: ({ source }) => exclude(source),
    ExportNamedDeclaration: ({ source }) => exclude(source),
    ExportAllDeclaration: ({ source }) => exclude(source),
    TSImportType: ({ source }) => exclude(source),
    TaggedTemplateExpression: ({ quasi }) => exclude(quasi),
    Literal: (node) => {
      if (typeof node.value === "string" && SENTENCE.test(node.value)) sentences.push(node);
    },
    TemplateLiteral: (node) => {
      const texts = node.quasis.map(({ value }) => value.cooked ?? value.raw);
      // A value counts as a word, but a template without words of its own is a key.
      const isText = texts.some((text) => /\p{L}/u.test(text));
      if (isText && SENTENCE.test(texts.join("x"))) sentences.push(node);
    },
  }).visit(program);
  let result = "";
  let end = 0;
  for (const node of sentences.toSorted((a, b) => a.start - b.start)) {
    // Inside a template that is replaced as a whole.
    if (node.start < end || excluded.has(node.start)) continue;
    result += `${code.slice(end, node.start)}"…"`;
    end = node.end;
  }
  return result + code.slice(end);
}
