import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readGatewayConfig } from "../../config/gateway.ts";
import { ConfigError, Reader } from "../../config/reader.ts";
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

describe("configuration of the gateway", () => {
  test("the gateway needs no API key of Dodo, and every optional value has its documented default", () => {
    expect(readGatewayConfig(GATEWAY)).toMatchObject({
      host: "127.0.0.1",
      port: 3_000,
      publicUrl: "http://127.0.0.1:3000",
      taskQueue: "reprise",
      logLevel: "info",
    });
  });

  test("the gateway accepts several webhook keys while a key rotates", () => {
    const keys = `${GATEWAY.DODO_PAYMENTS_WEBHOOK_KEY}, whsec_${Buffer.alloc(24, 2).toString("base64")}`;
    expect(
      readGatewayConfig({ ...GATEWAY, DODO_PAYMENTS_WEBHOOK_KEY: keys }).webhookKeys,
    ).toHaveLength(2);
  });

  test("the gateway takes a webhook key in base64url, with and without padding, as the same secret", () => {
    // Its base64 has a plus, a slash and padding.
    const secret = Buffer.from("fbefbefbeffffefffefbefbe".padEnd(50, "f"), "hex");
    const standard = `whsec_${secret.toString("base64")}`;
    expect(standard).toMatch(/\+.*\/.*=/);
    const url = `whsec_${secret.toString("base64url")}`;
    for (const written of [standard, url, `${url}==`, standard.replace(/=+$/, "")]) {
      expect(
        readGatewayConfig({ ...GATEWAY, DODO_PAYMENTS_WEBHOOK_KEY: written }).webhookKeys,
        written,
      ).toEqual([standard]);
    }
  });

  test.each([
    ["a part of a secret", `whsec_${"A".repeat(33)}`],
    ["a mixture of two alphabets", `whsec_${"A".repeat(28)}-_+/`],
    ["a secret of a few bytes", "whsec_c2hvcnQ="],
    ["a secret without its prefix", Buffer.alloc(24, 1).toString("base64")],
    ["whsec_ alone", "whsec_"],
  ])("%s as webhook key is refused by name, without its value", (_, written) => {
    const problems = problemsOf(() =>
      readGatewayConfig({ ...GATEWAY, DODO_PAYMENTS_WEBHOOK_KEY: written }),
    );
    expect(problems).toEqual([
      expect.stringMatching(/^DODO_PAYMENTS_WEBHOOK_KEY: expected whsec_/),
    ]);
    expect(problems.join()).not.toContain(written.slice(8, 24) || "whsec_A");
  });

  test("the gateway reads the keys of the operator API, which is off without them", () => {
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

  test("the gateway names every missing variable at once", () => {
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
  ])(
    "the gateway rejects %s=%s, and the error names the variable without its value",
    (name, value) => {
      const problems = problemsOf(() => readGatewayConfig({ ...GATEWAY, [name]: value }));
      expect(problems).toHaveLength(1);
      expect(problems[0]).toMatch(new RegExp(`^${name}: `));
      expect(problems[0]).not.toContain(value);
    },
  );
});

describe("configuration of the worker", () => {
  test("the worker needs no webhook key", () => {
    expect(readWorkerConfig(WORKER)).toMatchObject({
      environment: "test_mode",
      requestTimeoutMs: 60_000,
      ratePerMinute: 240,
      operatorEmail: null,
    });
  });

  test("the worker names every missing variable at once", () => {
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
  ])("the worker rejects %s=%s, and the error names the variable", (name, value) => {
    const problems = problemsOf(() => readWorkerConfig({ ...WORKER, [name]: value }));
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(new RegExp(`^${name}: `));
  });

  describe("outgoing webhooks", () => {
    const RECEIVER_URL = "https://merchant.example/reprise";
    const KEY = `whsec_${Buffer.alloc(32, 4).toString("base64")}`;
    const read = (url: string, key: string) =>
      readWorkerConfig({ ...WORKER, OUTGOING_WEBHOOK_URL: url, OUTGOING_WEBHOOK_KEY: key });

    test("outgoing webhooks need a URL and a key or neither, and several keys are accepted", () => {
      expect(readWorkerConfig(WORKER).outgoingWebhook).toBeNull();
      expect(read(RECEIVER_URL, KEY).outgoingWebhook).toEqual({
        url: RECEIVER_URL,
        keys: [KEY],
      });
      const other = `whsec_${Buffer.alloc(24, 5).toString("base64")}`;
      expect(read(RECEIVER_URL, `${KEY},${other}`).outgoingWebhook?.keys).toEqual([KEY, other]);
    });

    test("the key of outgoing webhooks may be in base64url", () => {
      const secret = Buffer.alloc(32, 0xfb);
      const written = `whsec_${secret.toString("base64url")}`;
      expect(read(RECEIVER_URL, written).outgoingWebhook?.keys).toEqual([
        `whsec_${secret.toString("base64")}`,
      ]);
    });

    test.each([
      ["a URL without a key", RECEIVER_URL, "", "OUTGOING_WEBHOOK_KEY"],
      ["a key without a URL", "", KEY, "OUTGOING_WEBHOOK_URL"],
      ["another scheme", "ftp://merchant.example", KEY, "OUTGOING_WEBHOOK_URL"],
      ["a file URL", "file:///etc/passwd", KEY, "OUTGOING_WEBHOOK_URL"],
      ["a URL with a password", "https://anna:hush@merchant.example", KEY, "OUTGOING_WEBHOOK_URL"],
      ["a key that is too short", RECEIVER_URL, "whsec_c2hvcnQ=", "OUTGOING_WEBHOOK_KEY"],
      ["a part of a key", RECEIVER_URL, `whsec_${"A".repeat(41)}`, "OUTGOING_WEBHOOK_KEY"],
      ["a key without whsec_", RECEIVER_URL, "a good password of mine", "OUTGOING_WEBHOOK_KEY"],
    ])(
      "%s is rejected, and the error names the variable without its value",
      (_, url, key, name) => {
        const problems = problemsOf(() => read(url, key));
        expect(problems).toHaveLength(1);
        expect(problems[0]).toMatch(new RegExp(`^${name}: `));
        expect(problems[0]).not.toMatch(/hush|good password|c2hvcnQ/);
      },
    );
  });

  test("MODE=advise requires OUTGOING_WEBHOOK_URL, and the message says what to set", () => {
    const advise = { ...WORKER, MODE: "advise" };
    expect(problemsOf(() => readWorkerConfig(advise))).toEqual([
      "OUTGOING_WEBHOOK_URL: required, because MODE=advise tells each decision by webhook: set it and OUTGOING_WEBHOOK_KEY, or another MODE",
    ]);
    const receiver = {
      OUTGOING_WEBHOOK_URL: "https://merchant.example/reprise",
      OUTGOING_WEBHOOK_KEY: `whsec_${Buffer.alloc(32, 4).toString("base64")}`,
    };
    expect(readWorkerConfig({ ...advise, ...receiver }).mode).toBe("advise");
  });

  test("in live_mode the worker runs in shadow mode unless MODE is set", () => {
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

  test("in live_mode the worker rejects a policy that charges faster than Dodo advises without accept_risk", () => {
    const path = join(mkdtempSync(join(tmpdir(), "reprise-config-")), "policy.yaml");
    const live = { DODO_PAYMENTS_ENVIRONMENT: "live_mode", PUBLIC_URL: "https://pay.example" };
    const read = (env: object) => problemsOf(() => readWorkerConfig({ ...WORKER, ...env }));
    writeFileSync(path, "retry: { gaps: [12h], align: none }\n");
    expect(read({ RECOVERY_POLICY: path, ...live })).toEqual([
      expect.stringMatching(/^RECOVERY_POLICY: retry.gaps: one is shorter than 24h.*accept_risk/),
    ]);
    expect(read({ RECOVERY_POLICY: path })).toEqual([]);
    writeFileSync(path, "retry: { gaps: [12h], align: none }\naccept_risk: true\n");
    expect(read({ RECOVERY_POLICY: path, ...live })).toEqual([]);
  });

  test("in live_mode the worker requires PUBLIC_URL", () => {
    const problems = problemsOf(() =>
      readWorkerConfig({ ...WORKER, DODO_PAYMENTS_ENVIRONMENT: "live_mode" }),
    );
    expect(problems.join()).toMatch(/^PUBLIC_URL: required/);
  });

  test("a problem in the policy file is reported with the key's path", () => {
    const path = join(mkdtempSync(join(tmpdir(), "reprise-policy-")), "policy.yaml");
    writeFileSync(path, "window: 3w\nretry: { gap: [1d] }");
    const problems = problemsOf(() => readWorkerConfig({ ...WORKER, RECOVERY_POLICY: path }));
    expect(problems.toSorted()).toEqual([
      "RECOVERY_POLICY: retry.gap: unknown key; the nearest known one is retry.gaps",
      expect.stringMatching(/^RECOVERY_POLICY: window: expected a duration/),
    ]);
  });
});

describe("an unknown key of the policy file", () => {
  const problemOf = (text: string): string => {
    const path = join(mkdtempSync(join(tmpdir(), "reprise-policy-")), "policy.yaml");
    writeFileSync(path, text);
    return problemsOf(() => readWorkerConfig({ ...WORKER, RECOVERY_POLICY: path })).join("\n");
  };

  test.each([
    ["retry: { gapz: [1d] }", "retry.gapz", "retry.gaps"],
    ["notices: { first-soft: 1h }", "notices.first-soft", "notices.first_soft"],
    ["gaps: [1d]", "gaps", "retry.gaps"],
    ["retry: { window: 20d }", "retry.window", "window"],
    ["one_time_payment: notify", "one_time_payment", "one_time_payments"],
  ])("in %s is named with its path, and with the nearest known key", (text, path, nearest) => {
    expect(problemOf(text)).toBe(
      `RECOVERY_POLICY: ${path}: unknown key; the nearest known one is ${nearest}`,
    );
  });

  test("like no other is named with the keys that are known there", () => {
    expect(problemOf("notices: { colour: red }")).toMatch(
      /^RECOVERY_POLICY: notices\.colour: unknown key; known here are first_soft, before_attempt, hard, /,
    );
  });

  test("is reported once for each key, beside every other problem", () => {
    expect(problemOf("retry: { gapz: [1d], setle: 4h }\nwindow: soon").split("\n")).toEqual([
      expect.stringContaining("retry.gapz"),
      expect.stringContaining("retry.setle"),
      expect.stringContaining("window: expected a duration"),
    ]);
  });
});

describe("table of variables", () => {
  test("the table lists each variable once, and marks the unsupported ones", () => {
    const names = VARIABLES.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    const unsupported = VARIABLES.filter(({ isSupported }) => !isSupported);
    const unsupportedNames = unsupported.map(({ name }) => name);
    expect(unsupportedNames).toContain("PAYLOAD_ENCRYPTION_KEYS");
    expect(unsupportedNames).not.toContain("SMTP_URL");
  });
});

describe("addresses for metrics", () => {
  test("are an IP address and a port, and anything else is refused by name", () => {
    const read = (value: string): string | null => {
      const reader = new Reader({ GATEWAY_METRICS_ADDRESS: value }, "gateway");
      const address = reader.socketAddress("GATEWAY_METRICS_ADDRESS");
      reader.finish();
      return address;
    };
    for (const good of ["127.0.0.1:9464", "0.0.0.0:1", "[::1]:65535"])
      expect(read(good)).toBe(good);
    expect(read("")).toBeNull();
    for (const bad of [
      "9464",
      "localhost:9464",
      "127.0.0.1",
      "127.0.0.1:0",
      "1.2.3:80",
      "[::1:80",
    ]) {
      expect(() => read(bad), bad).toThrow(
        "GATEWAY_METRICS_ADDRESS: expected an IP address and a port",
      );
    }
  });
});
