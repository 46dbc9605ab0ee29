import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { parse as parseYaml } from "yaml";
import { z } from "zod";
import {
  type Brand,
  type Logo,
  PLAIN_BRAND,
  textProblems,
  textsWith,
} from "../platform/customer/brand.ts";
import type { Env } from "./env.ts";
import { Reader } from "./reader.ts";

const NAME = "BRAND_DIR";
const BRAND_FILE = "brand.yaml";
const TEXTS_FOLDER = "texts";

/** Larger ones make mails slow to open, and some clients cut them off. */
const LOGO_BYTES_MAX = 100_000;

const line = (max: number): z.ZodString =>
  z
    .string({ error: "expected text" })
    .min(1, { error: "empty" })
    .max(max, { error: `longer than ${max} characters` })
    .regex(/^[^\r\n]*$/, { error: "one line, please" });

const email = line(200).regex(/^[^<>@\s,]+@[^<>@\s,]+$/, { error: "expected an address" });

const support = line(300)
  .refine((text) => supportUrlOf(text) !== null, {
    error: "expected an address with https, or an email address",
  })
  .transform((text) => supportUrlOf(text) ?? "");

/** `brand.yaml` in the folder. Unknown keys are errors: a misspelt name is no name. */
const FILE = z
  .strictObject({
    name: line(60),
    color: z.string().regex(/^#[0-9a-fA-F]{6}$/, { error: "expected a colour such as #1a4fd6" }),
    logo: line(100),
    sender_name: line(60).regex(/^[^<>@"\\]*$/, { error: 'without < > @ " and \\' }),
    reply_to: email,
    bcc: email,
    address: z.union([line(100), z.array(line(100)).max(6)], {
      error: "expected a line, or a list of at most six",
    }),
    support,
    language: z.string(),
    language_of_country: z.record(
      z.string().regex(/^[A-Z]{2}$/, { error: "expected a country such as IN" }),
      z.string(),
    ),
  })
  .partial();

type Note = (path: string, problem: string) => void;

/** The merchant's brand, or the plain one where no folder is named. What is wrong names the file and the key. */
export function readBrand(reader: Reader): Brand {
  const folder = reader.text(NAME);
  if (folder === null) return PLAIN_BRAND;
  const note: Note = (path, problem) => reader.problem(NAME, `${path}: ${problem}`);
  if (!existsSync(folder) || !statSync(folder).isDirectory()) {
    reader.problem(NAME, `no such folder: ${folder}`);
    return PLAIN_BRAND;
  }
  const texts = textsWith(readTexts(folder, note));
  const raw = readYaml(folder, BRAND_FILE, note);
  const read = FILE.safeParse(raw ?? {});
  if (!read.success) {
    for (const { path, message } of read.error.issues) {
      note([BRAND_FILE, ...path].join(": "), message);
    }
    return PLAIN_BRAND;
  }
  return brandOf(read.data, { folder, texts, note });
}

/** The brand alone, for who looks at mails without running anything. @throws ConfigError with a line for each thing wrong */
export function readBrandConfig(env: Env): Brand {
  const reader = new Reader(env, "worker");
  const brand = readBrand(reader);
  reader.finish();
  return brand;
}

type Around = {
  readonly folder: string;
  readonly texts: Brand["texts"];
  readonly note: Note;
};

function brandOf(file: z.output<typeof FILE>, { folder, texts, note }: Around): Brand {
  const known = (path: string, language: string): void => {
    if (!Object.hasOwn(texts, language)) {
      note(
        `${BRAND_FILE}: ${path}`,
        `no such language; there are ${Object.keys(texts).join(", ")}`,
      );
    }
  };
  if (file.language !== undefined) known("language", file.language);
  for (const [country, language] of Object.entries(file.language_of_country ?? {})) {
    known(`language_of_country: ${country}`, language);
  }
  return {
    name: file.name ?? null,
    color: file.color ?? PLAIN_BRAND.color,
    logo: file.logo === undefined ? null : readLogo(folder, file.logo, note),
    senderName: file.sender_name ?? null,
    replyTo: file.reply_to ?? null,
    bcc: file.bcc ?? null,
    address: [file.address ?? []].flat(),
    supportUrl: file.support ?? null,
    language: file.language ?? PLAIN_BRAND.language,
    languageOfCountry: file.language_of_country ?? {},
    texts,
  };
}

function readYaml(folder: string, file: string, note: Note): unknown {
  let text: string;
  try {
    text = readFileSync(join(folder, file), "utf8");
  } catch {
    note(file, "cannot be read");
    return null;
  }
  try {
    return parseYaml(text);
  } catch (error) {
    note(file, error instanceof Error ? (error.message.split("\n")[0] ?? "") : "not YAML");
    return null;
  }
}

const TEXTS_FILE = z.record(z.string(), z.string({ error: "expected text" }), {
  error: "expected lines of `key: text`",
});

/** How many of one file's problems are told. */
const PROBLEMS_MAX = 10;

/** `texts/<language>.yaml`: a merchant's own words, or a language that does not ship. */
function readTexts(folder: string, note: Note): Record<string, Record<string, string>> {
  const inner = join(folder, TEXTS_FOLDER);
  if (!existsSync(inner)) return {};
  const overrides: Record<string, Record<string, string>> = {};
  for (const name of readdirSync(inner).toSorted()) {
    const file = `${TEXTS_FOLDER}/${name}`;
    const language = languageOfFile(name);
    if (language === null) {
      note(file, "expected a file such as fr.yaml, named by a BCP 47 language tag");
      continue;
    }
    const read = TEXTS_FILE.safeParse(readYaml(folder, file, note) ?? {});
    if (!read.success) {
      for (const { path, message } of read.error.issues) note([file, ...path].join(": "), message);
      continue;
    }
    const problems = textProblems(language, read.data);
    for (const { key, problem } of problems.slice(0, PROBLEMS_MAX))
      note(`${file}: ${key}`, problem);
    const more = problems.length - PROBLEMS_MAX;
    if (more > 0) note(file, `and ${more} more`);
    overrides[language] = read.data;
  }
  return overrides;
}

function languageOfFile(name: string): string | null {
  const tag = /^([A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*)\.yaml$/.exec(name)?.[1];
  try {
    return tag === undefined ? null : (Intl.getCanonicalLocales(tag)[0] ?? null);
  } catch {
    return null;
  }
}

/** By their first bytes: the kinds of image that every mail client shows. */
const IMAGES: readonly { readonly type: Logo["contentType"]; readonly magic: string }[] = [
  { type: "image/png", magic: "89504e47" },
  { type: "image/jpeg", magic: "ffd8ff" },
  { type: "image/gif", magic: "474946383" },
];

function readLogo(folder: string, file: string, note: Note): Logo | null {
  const path = `${BRAND_FILE}: logo`;
  let content: Buffer;
  try {
    content = readFileSync(join(folder, file));
  } catch {
    note(path, `no such file: ${file}`);
    return null;
  }
  const head = content.subarray(0, 8).toString("hex");
  const contentType = IMAGES.find(({ magic }) => head.startsWith(magic))?.type;
  if (contentType === undefined) {
    note(path, `${file} is no PNG, JPEG or GIF: mail clients show no other`);
    return null;
  }
  if (content.length > LOGO_BYTES_MAX) {
    note(path, `${file} is larger than ${LOGO_BYTES_MAX / 1_000} kB`);
  }
  return { content, contentType };
}

function supportUrlOf(text: string): string | null {
  if (/^[^<>@\s:/]+@[^<>@\s:/]+$/.test(text)) return `mailto:${text}`;
  return URL.canParse(text) && new URL(text).protocol === "https:" ? text : null;
}
