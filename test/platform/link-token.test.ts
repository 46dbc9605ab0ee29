import { describe, expect, test } from "vitest";
import { debtIdOf, parsePaymentId, parseSubscriptionId } from "../../domain/values/ids.ts";
import {
  type LinkClaim,
  type LinkSigner,
  signLink,
  verifyLink,
} from "../../platform/link-token.ts";

const subscriptionId = parseSubscriptionId("sub_1") ?? ("" as never);
const debtId = debtIdOf(parsePaymentId("pay_1") ?? ("" as never));
const NOW = Date.UTC(2026, 9, 5);
const claim: LinkClaim = { subscriptionId, debtId, expiresAt: NOW + 1_000 };
const signer: LinkSigner = { keys: [Buffer.alloc(32, 1)] };

describe("link token", () => {
  test("a link token gives back its claim until it expires", () => {
    const token = signLink(signer, claim);
    expect(verifyLink(signer, token, NOW)).toEqual({ kind: "valid", claim });
    expect(verifyLink(signer, token, NOW + 1_001)).toEqual({ kind: "expired", claim });
    expect(token).toMatch(/^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/);
  });

  test("a link token is valid under an older key while keys rotate, and invalid under another key", () => {
    const token = signLink(signer, claim);
    const rotated = { keys: [Buffer.alloc(32, 2), Buffer.alloc(32, 1)] };
    expect(verifyLink(rotated, token, NOW).kind).toBe("valid");
    expect(verifyLink({ keys: [Buffer.alloc(32, 2)] }, token, NOW)).toEqual({ kind: "invalid" });
  });

  test("a link token with any character changed is invalid", () => {
    const token = signLink(signer, claim);
    for (let index = 0; index < token.length; index += 1) {
      for (const other of ["A", "B", "_", ".", "="]) {
        if (token[index] === other) continue;
        const changed = token.slice(0, index) + other + token.slice(index + 1);
        expect(verifyLink(signer, changed, NOW)).toEqual({ kind: "invalid" });
      }
    }
  });

  test("a truncated, extended, recombined or invented link token is invalid", () => {
    const token = signLink(signer, claim);
    const other = signLink(signer, { ...claim, expiresAt: NOW + 2_000 });
    const [body = "", mac = ""] = token.split(".");
    const [otherBody = ""] = other.split(".");
    for (const text of [
      "",
      ".",
      body,
      `${body}.`,
      `.${mac}`,
      `${otherBody}.${mac}`,
      `${token}.x`,
      token.slice(0, -1),
      `${token}A`,
      "x".repeat(5_000),
    ]) {
      expect(verifyLink(signer, text, NOW), text.slice(0, 40)).toEqual({ kind: "invalid" });
    }
  });
});
