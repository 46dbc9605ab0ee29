import type { ImportAnswer } from "./answers.ts";

/** What the command asks for, in the API's words. */
export type ImportCall = {
  readonly subscription_ids?: readonly string[];
  readonly from_dodo?: true;
  readonly dry_run: boolean;
  readonly retry: boolean;
};

/** Where imports are started and read: the operator API, or Temporal. */
export type ImportPort = {
  readonly start: (call: ImportCall) => Promise<string>;
  readonly view: (importId: string, cursor: string) => Promise<ImportAnswer>;
};
