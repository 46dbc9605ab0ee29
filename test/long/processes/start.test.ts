import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { builtFile } from "../../support/build.ts";
import { WAIT_LIMIT_MS } from "../../support/limits.ts";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));

/** Runs a process with only this environment until it exits. */
function run(main: string, env: Record<string, string>): { code: number | null; output: string } {
  const ended = spawnSync(process.execPath, [builtFile(main)], {
    cwd: ROOT,
    env: { PATH: process.env["PATH"] ?? "", ...env },
    encoding: "utf8",
    timeout: WAIT_LIMIT_MS,
  });
  return { code: ended.status, output: ended.stdout + ended.stderr };
}

describe("a process with an invalid configuration", () => {
  test("exits with code 78 and names everything that is missing", () => {
    const gateway = run("server/main.js", {});
    expect(gateway.code).toBe(78);
    expect(gateway.output).toMatch(
      /DODO_PAYMENTS_WEBHOOK_KEY: required[\s\S]*LINK_SIGNING_KEYS: required/,
    );
    expect(gateway.output).not.toContain("DODO_PAYMENTS_API_KEY");
    const worker = run("worker/main.js", {});
    expect(worker.code).toBe(78);
    expect(worker.output).toMatch(/DODO_PAYMENTS_API_KEY: required[\s\S]*SMTP_URL: required/);
    expect(worker.output).not.toContain("WEBHOOK_KEY");
  });

  test("names the file and the key of an invalid brand", () => {
    const folder = mkdtempSync(join(tmpdir(), "reprise-brand-"));
    writeFileSync(join(folder, "brand.yaml"), "color: red");
    for (const main of ["server/main.js", "worker/main.js"]) {
      const { code, output } = run(main, { BRAND_DIR: folder });
      expect(code).toBe(78);
      expect(output).toContain("configuration: BRAND_DIR: brand.yaml: color: expected a colour");
    }
    rmSync(folder, { recursive: true });
  });

  test("takes a webhook key in base64url, and refuses a part of one by name, without a stack trace", () => {
    const given = {
      LINK_SIGNING_KEYS: Buffer.alloc(32, 5).toString("base64"),
      // No address of this machine: a gateway with a valid configuration ends when it listens.
      HOST: "192.0.2.1",
    };
    const secret = Buffer.alloc(32, 0xfb).toString("base64url");
    expect(secret).toMatch(/[-_]/);
    const taken = run("server/main.js", { ...given, DODO_PAYMENTS_WEBHOOK_KEY: `whsec_${secret}` });
    expect(taken.output).toContain('"event":"listen_failed"');
    const part = `whsec_${secret.slice(0, 41)}`;
    const refused = run("server/main.js", { ...given, DODO_PAYMENTS_WEBHOOK_KEY: part });
    expect(refused.code).toBe(78);
    expect(refused.output).toMatch(
      /^configuration: DODO_PAYMENTS_WEBHOOK_KEY: expected whsec_.*\n$/,
    );
    expect(refused.output).not.toContain(secret.slice(0, 20));
  });

  test("never prints the value of a secret", () => {
    const secret = "a-secret-nobody-should-read";
    const { code, output } = run("worker/main.js", {
      DODO_PAYMENTS_API_KEY: secret,
      LINK_SIGNING_KEYS: Buffer.from(secret).toString("base64"),
      SMTP_URL: `http://user:${secret}@mail.example`,
      EMAIL_FROM: "billing@example.com",
    });
    expect(code).toBe(78);
    expect(output).toMatch(/LINK_SIGNING_KEYS: expected[\s\S]*SMTP_URL: expected/);
    expect(output).not.toContain(secret);
    expect(output).not.toContain(Buffer.from(secret).toString("base64"));
  });
});
