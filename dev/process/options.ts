import { parseArgs, type ParseArgsConfig } from "node:util";

/** What shells and most commands exit with after a wrong option. */
const EXIT_USAGE = 2;

type Options = NonNullable<ParseArgsConfig["options"]>;
type Parsed<T extends Options> = ReturnType<
  typeof parseArgs<{ options: T & { help: { type: "boolean" } }; allowPositionals: true }>
>;

/**
 * Reads the command line of a development command. `--help` prints the usage and exits; an unknown option prints what is wrong and
 * the usage, and exits with 2.
 * @param positionals how many words without a name it takes, at most
 */
export function readOptions<const T extends Options>(
  usage: string,
  options: T,
  positionals = 0,
): Parsed<T> {
  try {
    const parsed = parseArgs({
      options: { ...options, help: { type: "boolean" } },
      allowPositionals: true,
    }) as Parsed<T>;
    if ((parsed.values as { readonly help?: boolean }).help === true) {
      console.log(usage);
      process.exit(0);
    }
    const surplus = parsed.positionals[positionals];
    if (surplus !== undefined) throw new Error(`Unexpected argument: ${surplus}`);
    return parsed;
  } catch (error) {
    return exitWithUsage(usage, error instanceof Error ? error.message : String(error));
  }
}

/** Says what is wrong with the command line, and exits with 2. */
export function exitWithUsage(usage: string, problem: string): never {
  console.error(`${problem}\n\n${usage}`);
  process.exit(EXIT_USAGE);
}
