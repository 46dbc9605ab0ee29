import { expect, test } from "vitest";
import { formatVerdict, requireVerdict } from "../../../dev/demo/demo-verdict.ts";

test("pictures are refused for a demo in which one story did not end right", () => {
  const findings = ["Kim: by is customer, expected link"];
  expect(() => requireVerdict([])).not.toThrow();
  expect(() => requireVerdict(findings)).toThrow("Kim: by is customer, expected link");
  expect(formatVerdict(findings, 12)).not.toContain("ended right");
  expect(formatVerdict([], 12)).toContain("All 12 stories ended right");
});
