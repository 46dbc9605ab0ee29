import { createHmac } from "node:crypto";
import { describe, expect, test } from "vitest";
import {
  createVerifier,
  rejectionByHeaders,
  type WebhookHeaders,
} from "../../dodo/webhook-signature.ts";
import { OTHER_KEY, signWebhook, WEBHOOK_KEY } from "../support/webhooks.ts";

const verify = createVerifier([WEBHOOK_KEY]);
const now = (): number => Math.floor(Date.now() / 1_000);

type Given = { readonly body: Buffer; readonly timestamp?: string; readonly id?: string };

/** Signs the raw bytes, and exactly this timestamp. */
function delivery({ body, timestamp = String(now()), id = "msg_1" }: Given) {
  const secret = Buffer.from(WEBHOOK_KEY.slice("whsec_".length), "base64");
  const hmac = createHmac("sha256", secret).update(`${id}.${timestamp}.`).update(body);
  return { id, timestamp, signature: `v1,${hmac.digest("base64")}` };
}

const verdictOn = (given: Given) => verify(given.body, delivery(given), Date.now());

describe("a signature covers the raw bytes", () => {
  test("so the byte FF does not pass for the replacement character that text makes of it", () => {
    const { headers, body } = signWebhook('{"type":"a\uFFFDb"}');
    const bytes = Buffer.from(body);
    const at = bytes.indexOf(Buffer.from("\uFFFD"));
    const other = Buffer.concat([bytes.subarray(0, at), Buffer.of(0xff), bytes.subarray(at + 3)]);
    const given = {
      id: headers["webhook-id"],
      timestamp: headers["webhook-timestamp"],
      signature: headers["webhook-signature"],
    };
    expect(verify(bytes, given, Date.now())).toMatchObject({ kind: "verified" });
    expect(verify(other, given, Date.now())).toEqual({ kind: "rejected", why: "signature" });
  });

  test("and a body that is not UTF-8 is rejected, whoever has signed it", () => {
    for (const bytes of [
      [0x22, 0xff, 0x22],
      [0xc0, 0xaf],
      [0xed, 0xa0, 0x80],
    ])
      expect(verdictOn({ body: Buffer.from(bytes) })).toEqual({ kind: "rejected", why: "body" });
  });

  test("and a byte order mark, an empty body or characters beyond the first plane are taken as they are", () => {
    for (const text of ["\uFEFF{}", "", '"🙂 東京"'])
      expect(verdictOn({ body: Buffer.from(text) }).kind).toBe("verified");
  });
});

describe("a timestamp is digits only", () => {
  test.each([
    `${now()}abc`,
    `${now()}.0`,
    ` ${now()}`,
    `+${now()}`,
    `0${now()}`,
    "1.7e9",
    "NaN",
    "",
  ])("so %j is rejected, although it is signed", (timestamp) => {
    expect(verdictOn({ body: Buffer.from("{}"), timestamp })).toEqual({
      kind: "rejected",
      why: "headers",
    });
  });

  test("and an id is visible ASCII, of 200 characters at most", () => {
    for (const id of ["msg 1", "msg_\u00e9", "x".repeat(201)])
      expect(verdictOn({ body: Buffer.from("{}"), id })).toMatchObject({ why: "headers" });
    expect(verdictOn({ body: Buffer.from("{}"), id: "x".repeat(200) }).kind).toBe("verified");
  });

  test("within five minutes of this clock, as the library has it", () => {
    const at = Date.now();
    const rejected = (seconds: number): string | undefined => {
      const timestamp = String(Math.floor(at / 1_000) + seconds);
      return rejectionByHeaders(delivery({ body: Buffer.from(""), timestamp }), at)?.why;
    };
    expect([-301, -300, 0, 300, 301].map(rejected)).toEqual([
      "clock",
      undefined,
      undefined,
      undefined,
      "clock",
    ]);
  });
});

describe("what is rejected by its headers, before the body is read and hashed", () => {
  const { headers } = signWebhook("{}");
  const valid = {
    id: headers["webhook-id"],
    timestamp: headers["webhook-timestamp"],
    signature: headers["webhook-signature"],
  };

  test("is a request without a header, from another time, or without a signature that could be one", () => {
    const why = (given: Partial<WebhookHeaders>) =>
      rejectionByHeaders({ ...valid, ...given }, Date.now())?.why;
    expect(why({})).toBeUndefined();
    expect(why({ id: undefined })).toBe("headers");
    expect(why({ timestamp: String(now() - 400) })).toBe("clock");
    for (const signature of ["v1,AAAA", "v2,", "x".repeat(10_000), `v1a${valid.signature}`])
      expect(why({ signature })).toBe("signature");
    expect(why({ signature: `v1,AAAA ${valid.signature}` })).toBeUndefined();
  });

  test("and a signature by another key is found only by hashing", () => {
    const other = signWebhook("{}", { key: OTHER_KEY });
    const given = { ...valid, signature: other.headers["webhook-signature"] };
    expect(rejectionByHeaders(given, Date.now())).toBeNull();
    expect(verify(Buffer.from("{}"), given, Date.now())).toMatchObject({ why: "signature" });
  });
});
