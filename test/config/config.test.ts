import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readGatewayConfig } from "../../config/gateway.ts";
import { ConfigError } from "../../config/reader.ts";
import { VARIABLES } from "../../config/variables.ts";
import { readWorkerConfig } from "../../config/worker.ts";

const LINK_KEY = Buffer.alloc(32, 5).toString("base64");

const GATEWAY = {
  DODO_PAYMENTS_WEBHOOK_KEY: `whsec_${Buffer.alloc(24, 1).toString("base64")}`,
  LINK_SIGNING_KEYS: LINK_KEY,
};
const WORKER = {
  DODO_PAYMENTS_API_KEY: "dodo_test_key_of_nobody",
  LINK_SIGNING_KEYS: LINK_KEY,
  SMTP_URL: "smtp://127.0.0.1:1025",
  EMAIL_FROM: "Billing <billing@example.com>",
};

function problemsOf(read: () => unknown): readonly string[] {
  try {
    read();
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

describe("the gateway's configuration", () => {
  test("needs no API key, and says what stands in for what is not set", () => {
    expect(readGatewayConfig(GATEWAY)).toMatchObject({
      host: "127.0.0.1",
      port: 3_000,
      publicUrl: "http://127.0.0.1:3000",
      taskQueue: "reprise",
      logLevel: "info",
    });
  });

  test("takes several webhook keys while one rotates", () => {
    const keys = `${GATEWAY.DODO_PAYMENTS_WEBHOOK_KEY}, whsec_${Buffer.alloc(24, 2).toString("base64")}`;
    expect(
      readGatewayConfig({ ...GATEWAY, DODO_PAYMENTS_WEBHOOK_KEY: keys }).webhookKeys,
    ).toHaveLength(2);
  });

  test("takes the keys of the operator API, and is without it where there are none", () => {
    const [one, two] = ["a".repeat(32), `b:${"c".repeat(40)}`];
    const keys = (text: string) => ({ ...GATEWAY, OPERATOR_API_KEYS: text });
    expect(readGatewayConfig(GATEWAY).operatorKeys).toEqual([]);
    expect(readGatewayConfig(keys(`anna:${one}, billing:${two}`)).operatorKeys).toEqual([
      { name: "anna", secret: one },
      { name: "billing", secret: two },
    ]);
    for (const wrong of [one, `anna:${"a".repeat(31)}`, `:${one}`, `anna:${one},ben:${one}`]) {
      const problems = problemsOf(() => readGatewayConfig(keys(wrong)));
      expect(problems).toEqual([expect.stringMatching(/^OPERATOR_API_KEYS: expected/)]);
      expect(problems.join()).not.toContain("aaaa");
    }
  });

  test("names everything that is missing at once", () => {
    expect(problemsOf(() => readGatewayConfig({}))).toEqual([
      expect.stringMatching(/^DODO_PAYMENTS_WEBHOOK_KEY: required/),
      expect.stringMatching(/^LINK_SIGNING_KEYS: required/),
    ]);
  });

  test.each([
    ["PORT", "high"],
    ["PORT", "70000"],
    ["PUBLIC_URL", "ftp://x"],
    ["DODO_PAYMENTS_WEBHOOK_KEY", "secret-of-mine"],
    ["LINK_SIGNING_KEYS", "c2hvcnQ="],
    ["LOG_LEVEL", "loud"],
    ["OPERATOR_API_KEYS", "anna:012345678901234567890123456789"],
    ["PAYLOAD_ENCRYPTION_KEYS", "k1:c2VjcmV0"],
  ])("refuses %s=%s by its name, without its value", (name, value) => {
    const problems = problemsOf(() => readGatewayConfig({ ...GATEWAY, [name]: value }));
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(new RegExp(`^${name}: `));
    expect(problems[0]).not.toContain(value);
  });
});

describe("the worker's configuration", () => {
  test("needs no webhook key", () => {
    expect(readWorkerConfig(WORKER)).toMatchObject({
      environment: "test_mode",
      requestTimeoutMs: 60_000,
      ratePerMinute: 240,
      operatorEmail: null,
    });
  });

  test("names everything that is missing at once", () => {
    const names = problemsOf(() => readWorkerConfig({})).map((problem) => problem.split(":")[0]);
    expect(names).toEqual(["DODO_PAYMENTS_API_KEY", "LINK_SIGNING_KEYS", "SMTP_URL", "EMAIL_FROM"]);
  });

  test.each([
    ["DODO_PAYMENTS_ENVIRONMENT", "production"],
    ["DODO_PAYMENTS_TIMEOUT", "1 minute"],
    ["DODO_PAYMENTS_TIMEOUT", "0s"],
    ["DODO_PAYMENTS_RATE_PER_MINUTE", "fast"],
    ["DODO_PAYMENTS_BASE_URL", "test.dodopayments.com"],
    ["SMTP_URL", "http://mail.example"],
    ["EMAIL_FROM", "billing"],
    ["OPERATOR_EMAIL", "anna at example.com"],
    ["RECOVERY_POLICY", "/nowhere/policy.yaml"],
    ["TEMPORAL_UI_URL", "temporal.example"],
  ])("refuses %s=%s by its name", (name, value) => {
    const problems = problemsOf(() => readWorkerConfig({ ...WORKER, [name]: value }));
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(new RegExp(`^${name}: `));
  });

  describe("of outgoing webhooks", () => {
    const URL_OF_MERCHANT = "https://merchant.example/reprise";
    const KEY = `whsec_${Buffer.alloc(32, 4).toString("base64")}`;
    const read = (url: string, key: string) =>
      readWorkerConfig({ ...WORKER, OUTGOING_WEBHOOK_URL: url, OUTGOING_WEBHOOK_KEY: key });

    test("is an address and a key, or neither; several keys while one rotates", () => {
      expect(readWorkerConfig(WORKER).outgoingWebhook).toBeNull();
      expect(read(URL_OF_MERCHANT, KEY).outgoingWebhook).toEqual({
        url: URL_OF_MERCHANT,
        keys: [KEY],
      });
      const other = `whsec_${Buffer.alloc(24, 5).toString("base64")}`;
      expect(read(URL_OF_MERCHANT, `${KEY},${other}`).outgoingWebhook?.keys).toEqual([KEY, other]);
    });

    test.each([
      ["an address without a key", URL_OF_MERCHANT, "", "OUTGOING_WEBHOOK_KEY"],
      ["a key without an address", "", KEY, "OUTGOING_WEBHOOK_URL"],
      ["another scheme", "ftp://merchant.example", KEY, "OUTGOING_WEBHOOK_URL"],
      ["a file", "file:///etc/passwd", KEY, "OUTGOING_WEBHOOK_URL"],
      ["a password in it", "https://anna:hush@merchant.example", KEY, "OUTGOING_WEBHOOK_URL"],
      [
        "a key of Dodo's shape that is too short",
        URL_OF_MERCHANT,
        "whsec_c2hvcnQ=",
        "OUTGOING_WEBHOOK_KEY",
      ],
      ["a password for a key", URL_OF_MERCHANT, "a good password of mine", "OUTGOING_WEBHOOK_KEY"],
    ])("refuses %s by its name, without its value", (_, url, key, name) => {
      const problems = problemsOf(() => read(url, key));
      expect(problems).toHaveLength(1);
      expect(problems[0]).toMatch(new RegExp(`^${name}: `));
      expect(problems[0]).not.toMatch(/hush|good password|c2hvcnQ/);
    });
  });

  test("watches in live_mode until it is told to act", () => {
    const live = {
      ...WORKER,
      DODO_PAYMENTS_ENVIRONMENT: "live_mode",
      PUBLIC_URL: "https://pay.example",
    };
    expect(readWorkerConfig(live)).toMatchObject({ mode: "shadow", environment: "live_mode" });
    expect(readWorkerConfig({ ...live, MODE: "act" })).toMatchObject({
      mode: "act",
      environment: "live_mode",
    });
    expect(readWorkerConfig(WORKER).mode).toBe("act");
    expect(readWorkerConfig({ ...WORKER, MODE: "shadow" }).mode).toBe("shadow");
  });

  test("wants an address that customers can reach in live_mode", () => {
    const problems = problemsOf(() =>
      readWorkerConfig({ ...WORKER, DODO_PAYMENTS_ENVIRONMENT: "live_mode" }),
    );
    expect(problems.join()).toMatch(/^PUBLIC_URL: required/);
  });

  test("names the key of the policy file that is wrong", () => {
    const path = join(mkdtempSync(join(tmpdir(), "reprise-policy-")), "policy.yaml");
    writeFileSync(path, "window: 3w\nretry: { gap: [1d] }");
    const problems = problemsOf(() => readWorkerConfig({ ...WORKER, RECOVERY_POLICY: path }));
    expect(problems.toSorted()).toEqual([
      expect.stringMatching(/^RECOVERY_POLICY: retry: .*gap/),
      expect.stringMatching(/^RECOVERY_POLICY: window: expected a duration/),
    ]);
  });
});

describe("the table of variables", () => {
  test("lists each once, and refuses those whose time has not come", () => {
    const names = VARIABLES.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    const unsupported = VARIABLES.filter(({ isSupported }) => !isSupported);
    const unsupportedNames = unsupported.map(({ name }) => name);
    expect(unsupportedNames).toContain("DATABASE_URL");
    expect(unsupportedNames).not.toContain("SMTP_URL");
  });
});
