import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { VARIABLES } from "../../config/variables.ts";
import { ROOT } from "../support/documents.ts";

const lines = readFileSync(join(ROOT, ".env.example"), "utf8").split("\n");

test(".env.example lists every variable that a process reads", () => {
  const names = VARIABLES.filter(({ isSupported }) => isSupported).map(({ name }) => name);
  const isListed = (name: string): boolean =>
    lines.some((line) => line.replace(/^# /, "").split("=")[0] === name);
  expect(names.filter((name) => !isListed(name))).toEqual([]);
});

test(".env.example asks to fill in only what npm start cannot make itself", () => {
  const asked = lines.filter((line) => /^[A-Z]/.test(line)).map((line) => line.split("=")[0]);
  expect(asked).toEqual([
    "DODO_PAYMENTS_API_KEY",
    "DODO_PAYMENTS_WEBHOOK_KEY",
    "SMTP_URL",
    "EMAIL_FROM",
  ]);
});
