/**
 * How a release was built, as an in-toto statement with a predicate of SLSA v1; not signed.
 *
 * @module
 */

/** Something with a digest. */
export interface Material {
  /** Package URL or other address. */
  readonly uri: string;
  /** Digests by algorithm, hexadecimal. */
  readonly digest: Readonly<Record<string, string>>;
}

/** What a statement says. */
export interface ProvenanceOptions {
  /** Files that were built: sha256 by name. */
  readonly subjects: readonly { readonly name: string; readonly sha256: string }[];
  /** Commit, or "". */
  readonly commit: string;
  /** `clean`, `dirty`, or "". */
  readonly state: string;
  /** Address of the repository, where it is known. */
  readonly source: string | undefined;
  /** What was asked for. */
  readonly parameters: Readonly<Record<string, unknown>>;
  /** What went in besides the sources. */
  readonly materials: readonly Material[];
  /** Who built it, a URI. */
  readonly builder: string;
}

/** The statement. Times are left out, so that the same build gives the same bytes. */
export function provenance(options: ProvenanceOptions): string {
  const { subjects, commit, state, source, parameters, materials, builder } = options;
  const sources = commit === ""
    ? []
    : [{ uri: source === undefined ? "git+urn:ferry:source" : `git+${source}`, digest: { gitCommit: commit } }];
  const statement = {
    _type: "https://in-toto.io/Statement/v1",
    subject: subjects.map(({ name, sha256 }) => ({ name, digest: { sha256 } })),
    predicateType: "https://slsa.dev/provenance/v1",
    predicate: {
      buildDefinition: {
        buildType: "urn:ferry:build:1",
        externalParameters: parameters,
        internalParameters: { deno: Deno.version.deno, sources: state === "" ? "unknown" : state },
        resolvedDependencies: [...sources, ...materials],
      },
      runDetails: { builder: { id: builder } },
    },
  };
  return `${JSON.stringify(statement, null, 2)}\n`;
}

/** The address of a repository as everybody may see it: no user, no password, no folder of this machine. */
export function publicSource(remote: string): string | undefined {
  const short = /^(?:[\w.-]+@)?([\w.-]+\.[\w.-]+):(?!\/\/)(.+)$/.exec(remote);
  if (short !== null) return `https://${short[1]}/${short[2]}`;
  if (!URL.canParse(remote)) return undefined;
  const url = new URL(remote);
  if (!["https:", "http:", "ssh:", "git:"].includes(url.protocol) || url.hostname === "") return undefined;
  url.username = "";
  url.password = "";
  url.search = "";
  url.hash = "";
  return url.href;
}
