import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

/** `mrml` compiles MJML, as WebAssembly. The package has no ES module, so it is required. */
type Compiler = {
  readonly Engine: new () => {
    toHtml: (mjml: string) =>
      | {
          readonly type: "success";
          readonly content: string;
          readonly warnings: readonly unknown[];
        }
      | { readonly type: "error"; readonly message: string };
  };
};

const SOURCE = fileURLToPath(new URL("../../activities/mail/mail.mjml", import.meta.url));
export const COMPILED = "activities/mail/mail-template.generated.ts";

/** Compiles `mail.mjml` to the module that the worker uses: HTML that still has its Mustache tags. */
export function compiledMailTemplate(): string {
  const { Engine } = createRequire(import.meta.url)("mrml") as Compiler;
  const compiled = new Engine().toHtml(readFileSync(SOURCE, "utf8"));
  if (compiled.type === "error") throw new Error(`mail.mjml: ${compiled.message}`);
  if (compiled.warnings.length > 0)
    throw new Error(`mail.mjml: ${JSON.stringify(compiled.warnings)}`);
  // One element per line. White space between these elements has no effect.
  const html = compiled.content
    .replaceAll(/\s*\n\s*/g, "\n")
    .replaceAll(
      /(?<=>)\s*(?=<(?:\/?(?:table|tr|td|th|div|style|meta|title|head|body)\b|!--(?!>)))/g,
      "\n",
    );
  return [
    "// Generated from mail.mjml by `npm run docs`; edit that file instead.",
    `export const MAIL_TEMPLATE = String.raw\`${html}\`;`,
    "",
  ].join("\n");
}
