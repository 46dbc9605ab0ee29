/** A column: its head, and the text of a row. */
export type Column<Row> = {
  readonly head: string;
  readonly of: (row: Row) => string;
  readonly isRight?: boolean;
};

/** Nothing is cut off, so that ids can be copied. @returns lines, the head first */
export function tableLines<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
): readonly string[] {
  const cells = rows.map((row) => columns.map(({ of }) => of(row)));
  const lines = [columns.map(({ head }) => head), ...cells];
  const widths = columns.map((_column, at) => Math.max(...lines.map((line) => widthOf(line[at]))));
  return lines.map((line) =>
    line
      .map((cell, at) => {
        const gap = " ".repeat((widths[at] ?? 0) - widthOf(cell));
        return columns[at]?.isRight === true ? gap + cell : cell + gap;
      })
      .join("  ")
      .trimEnd(),
  );
}

const widthOf = (text = ""): number => Array.from(text).length;

/** A text in lines of at most `width` characters, each after `indent`. A longer word stays whole. */
export function wrapped(text: string, indent: string, width = 80): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    const isFull = last === undefined || last.length + 1 + word.length > width;
    if (isFull) lines.push(indent + word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}

/** `–` for what is not known. */
export const orDash = (text: string | null | undefined): string => text ?? "–";
