/** A parsed reference: names a repository, tag or digest in a registry, or a place in an OCI layout. Absent parts are "". */
export interface Reference {
  /**
   * `reg`: a registry over HTTP; `ocidir`: an OCI image layout folder; `ocifile`: parses, and no transport serves it; others are those
   * that plugins serve.
   */
  readonly scheme: "reg" | "ocidir" | "ocifile" | (string & Record<never, never>);
  /** Registry name as written, with port; `docker.io` for its aliases. "" for a layout. */
  readonly registry: string;
  /** Repository, for example `library/alpine`. "" for a layout. */
  readonly repository: string;
  /** Tag, or "". */
  readonly tag: string;
  /** Digest, or "". */
  readonly digest: string;
  /** Folder of the layout as written, or what else stands behind a scheme. "" for a registry. */
  readonly path: string;
}

/** The same place with this tag and no digest. */
export function withTag(reference: Reference, tag: string): Reference {
  return { ...reference, tag, digest: "" };
}

/** The same place with this digest and no tag. */
export function withDigest(reference: Reference, digest: string): Reference {
  return { ...reference, tag: "", digest };
}

/** True when both name the same repository or layout, whatever the tag or digest. */
export function sameRepository(a: Reference, b: Reference): boolean {
  return a.scheme === b.scheme && a.registry === b.registry && a.repository === b.repository && a.path === b.path;
}

/** True when both name repositories of the same registry. */
export function sameRegistry(a: Reference, b: Reference): boolean {
  return a.scheme === "reg" && b.scheme === "reg" && a.registry === b.registry;
}
