import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Child, startProcess } from "../../../dev/process/child-process.ts";
import { builtFile } from "../../support/build.ts";
import { blocksOf, ROOT } from "../../support/documents.ts";
import { until } from "../../support/until.ts";

let folder: string;
const children: Child[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "reprise-notices-"));
});
afterEach(async () => {
  await Promise.all(children.splice(0).map((child) => child.stop()));
  rmSync(folder, { recursive: true });
});

const output = (): string => readFileSync(join(folder, "notices.log"), "utf8");

/** Runs `npm run notices -- …` from the compiled code. */
function notices(args: readonly string[], brandDir: string): Child {
  const child = startProcess({
    command: process.execPath,
    args: [builtFile("dev/docs/notices.js"), ...args],
    env: { PATH: process.env["PATH"] ?? "", BRAND_DIR: brandDir },
    cwd: ROOT,
    logFile: join(folder, "notices.log"),
  });
  children.push(child);
  return child;
}

describe("npm run notices -- preview", () => {
  test("serves every email with the brand of docs/NOTICES.md until it is stopped", async () => {
    const [brand = ""] = blocksOf("docs/NOTICES.md", "yaml");
    writeFileSync(join(folder, "brand.yaml"), brand);
    writeFileSync(join(folder, "logo.png"), Buffer.from("89504e470d0a1a0a", "hex"));
    const child = notices(["preview", join(folder, "out"), "--port", "0"], folder);
    const url = await until(() => /Open (\S+) in a browser/.exec(output())?.[1], {
      what: "its address",
    });
    const index = await (await fetch(url)).text();
    const link = /href="(ja\/payment-failed\.html)"/.exec(index)?.[1] ?? "";
    const mail = await fetch(new URL(link, url));
    expect(mail.headers.get("content-type")).toContain("text/html");
    expect(await mail.text()).toContain("Lumen Press");
    expect((await fetch(new URL("brand.yaml", url))).status).toBe(404);
    process.kill(child.pid, "SIGINT");
    await child.ended;
  });

  test("exits with code 78 and names what is wrong with a brand", async () => {
    writeFileSync(join(folder, "brand.yaml"), "colour: '#7a2e8e'");
    const ended = await notices(["preview", join(folder, "out")], folder).ended;
    expect(ended).toContain("78");
    expect(output()).toContain(
      "BRAND_DIR: brand.yaml: colour: unknown key; the nearest known one is color",
    );
  });
});
