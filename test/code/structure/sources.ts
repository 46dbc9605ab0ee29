import type { Finding } from "./finding.ts";
import type { Note } from "./parse.ts";

/**
 * Public sources, by how a citation of them begins. Add a name here when anybody can find it by that name.
 * Everything else that a note cites must be a file of this repository.
 */
const PUBLIC_SOURCES: readonly RegExp[] = [
  /^https?:\/\/\S/,
  /^(?:github\.com\/|fetch\.spec\.whatwg\.org|docs\.stripe\.com\/)/,
  /^[\w-]+\/[\w.-]+#\d+/, // an issue on GitHub: owner/repository#number
  /^Dodo, [a-z]/, // a page of docs.dodopayments.com, by its path
  /^(?:dodopayments|@stryker-mutator\/vitest-runner) \d[\d.]*, \S/, // a package, its version, a file of it
  /^(?:Temporal|Stripe|Linux|PostgreSQL|OWASP), \S/,
  /^NIST e-Handbook of Statistical Methods, \S/,
  /^RFC \d{3,5}\b/,
  /^ISO \d+\b/,
  /^(?:CLDR|NPCI|UAX #\d+|WCAG \d|POSIX|PKWARE APPNOTE|XDG Base Directory)\b/,
  /^(?:sysexits\.h|google\.rpc\.Code|JWZ|Tommy Ettinger's mulberry32)\b/,
];

/** A path in this repository: anything under `docs/`, a file with an extension in a folder, or a `.md` file. */
const PATH =
  /(?<![\w/.@-])(?:docs\/[\w./-]*\w|(?:[\w-]+\/)+[\w.-]*\w\.[a-z]+|[\w-]+\.md)(?![\w/])/g;

/**
 * Notes whose source does not exist. A note is one or more citations, parted by semicolons; after a colon or a
 * period a remark may follow. A citation begins with a public source, or with a path; a quotation right after a
 * path is a heading of that file: `docs/x/y.md, "Heading"`.
 *
 * @param files the text of every file of the repository, by its path
 */
export function sourceFindings(
  notes: readonly Note[],
  files: ReadonlyMap<string, string>,
): readonly Finding[] {
  return notes.flatMap((note) =>
    problemsOf(note.text, files).map((problem) => ({
      rule: "source" as const,
      subject: `${note.path}: ${problem}`,
      detail: `${note.path}:${note.line} @source ${note.text}`,
    })),
  );
}

function problemsOf(text: string, files: ReadonlyMap<string, string>): readonly string[] {
  const { citations, remark } = partsOf(text);
  return [
    ...citations.flatMap((citation) => citationProblems(citation, files)),
    ...pathProblems(remark, files),
  ];
}

function citationProblems(citation: string, files: ReadonlyMap<string, string>): readonly string[] {
  if (PUBLIC_SOURCES.some((source) => source.test(citation))) return [];
  if (citation.search(PATH) === 0) return pathProblems(citation, files);
  return [`"${citation}" is neither a file nor a known public source`];
}

function partsOf(text: string): { readonly citations: readonly string[]; readonly remark: string } {
  // Marks inside quotations and parentheses part nothing.
  const masked = text.replace(/"[^"]*"|`[^`]*`|\([^)]*\)/g, (quoted) => "_".repeat(quoted.length));
  const end = masked.search(/[:.](?:\s|$)/);
  const cited = end === -1 ? text.length : end;
  const cuts = [...masked.slice(0, cited).matchAll(/;\s/g)].map(({ index }) => index);
  const starts = [0, ...cuts.map((cut) => cut + 1)];
  return {
    citations: starts.map((start, at) => text.slice(start, cuts[at] ?? cited).trim()),
    remark: text.slice(cited),
  };
}

function pathProblems(text: string, files: ReadonlyMap<string, string>): readonly string[] {
  return [...text.matchAll(PATH)].flatMap((match) => {
    const [path] = match;
    const content = files.get(path);
    if (content === undefined) return [`${path} does not exist`];
    if (!path.endsWith(".md")) return [];
    const headings = headingsOf(content);
    return headingsQuoted(text.slice(match.index + path.length))
      .filter((heading) => !headings.has(plain(heading)))
      .map((heading) => `${path} has no heading "${heading}"`);
  });
}

/** The quotations at the start of what follows a path: `, "One" and "Other"`. */
function headingsQuoted(rest: string): readonly string[] {
  const [, , heading, more = ""] =
    /^(?:,| and|, and) (["'])(.+?)\1(?![\w"'])(.*)$/.exec(rest) ?? [];
  return heading === undefined ? [] : [heading, ...headingsQuoted(more)];
}

function headingsOf(markdown: string): ReadonlySet<string> {
  const withoutCode = markdown.replace(/^(```|~~~)[^]*?^\1/gm, "");
  return new Set([...withoutCode.matchAll(/^#{1,6} +(.+)$/gm)].map(([, text = ""]) => plain(text)));
}

/** As a reader sees it: without backticks, and of a link only its text. */
function plain(heading: string): string {
  return heading
    .replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replaceAll("`", "")
    .trim();
}
