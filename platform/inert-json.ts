/** JSON leaves these as they are: a terminal obeys the first, some programs end a line at the next, the others turn text around. */
const OBEYED = /[\u007f-\u009f\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** The same JSON, with what a medium would obey as an escape. */
export const inertJson = (json: string): string =>
  json.replaceAll(OBEYED, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`);
