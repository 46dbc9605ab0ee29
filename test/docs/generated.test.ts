import { expect, test } from "vitest";
import { generatedDocs } from "../../dev/docs/write-docs.ts";
import { differenceFrom } from "../support/recorded-text.ts";

test("the generated documents are up to date (otherwise: npm run docs)", async () => {
  for (const [path, text] of Object.entries(await generatedDocs()))
    expect(differenceFrom(path, text)).toBeNull();
});
