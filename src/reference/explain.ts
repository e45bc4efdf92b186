/**
 * Why a text is no reference, and what to write instead. Runs only after a parse failed.
 *
 * @module
 */
import { isDigestForm, isRegistry, isRepository, isTag, schemeOf } from "./grammar.ts";

/** What is wrong and how to fix it. */
export interface Explanation {
  /** What is wrong: follows "is not valid: ". */
  readonly what: string;
  /** How to fix it. */
  readonly hint: string;
}

const FORM = "write [registry/]repository[:tag][@digest] or ocidir://path[:tag][@digest]";
const NO_SCHEME: ReadonlySet<string> = new Set(["docker", "http", "https", "reg", "registry"]);
const LAYOUT_SCHEMES: ReadonlySet<string> = new Set(["oci", "dir", "file", "ocilayout", "layout"]);

/** Explains a text that `parseReference` refused; a text is suggested only where `isValid` takes it. */
export function explainReference(text: string, isValid: (text: string) => boolean): Explanation {
  if (text === "") return { what: "it is empty", hint: FORM };
  if (text.length > 4096) return { what: `it is ${text.length} characters long`, hint: FORM };
  const scheme = schemeOf(text);
  if (scheme === "ocidir" || scheme === "ocifile") return explainLayout(text.slice(scheme.length + 3), scheme);
  const other = scheme ?? /^([A-Za-z][A-Za-z0-9+.-]*):\/\//.exec(text)?.[1];
  if (other !== undefined) return explainScheme(text, other);
  return explainBlanks(text, isValid) ?? explainShell(text) ?? explainParts(text, isValid);
}

/** Explains a text that `parseRegistry` refused. */
export function explainRegistry(text: string): Explanation {
  if (text === "") return { what: "it is empty", hint: "write a host, such as ghcr.io or localhost:5000" };
  const bare = text.replace(/^[A-Za-z][A-Za-z0-9+.-]*:\/\//, "");
  if (bare !== text && isRegistry(bare.replace(/\/+$/, ""))) {
    return { what: "it has a scheme", hint: `write "${bare.replace(/\/+$/, "")}"` };
  }
  const slash = bare.indexOf("/");
  if (slash > 0 && isRegistry(bare.slice(0, slash))) {
    return { what: "it has a path", hint: `write the registry alone: "${bare.slice(0, slash)}"` };
  }
  if (/^[a-zA-Z0-9-]+$/.test(text)) {
    return {
      what: "a single word is a Docker Hub namespace",
      hint: `a registry has a dot or a port, such as "${text}:5000", or is localhost`,
    };
  }
  return { what: "it is no host name with an optional port", hint: "write a host, such as ghcr.io or localhost:5000" };
}

function explainScheme(text: string, scheme: string): Explanation {
  const rest = text.slice(scheme.length + 3);
  const lower = scheme.toLowerCase();
  if (lower === "ocidir") return { what: "the scheme must be lower case", hint: `write "ocidir://${rest}"` };
  const what = `unknown scheme "${scheme}"`;
  if (NO_SCHEME.has(lower)) return { what, hint: `a registry needs no scheme: write "${rest}"` };
  if (LAYOUT_SCHEMES.has(lower)) return { what, hint: `an OCI layout folder is "ocidir://${rest}"` };
  return { what, hint: "the one scheme is ocidir://, for an OCI layout folder; a registry needs none" };
}

function explainLayout(rest: string, scheme: string): Explanation {
  const what = `invalid path for scheme "${scheme}"`;
  const drive = /^\/?([A-Za-z]):[\\/]?(.*)$/.exec(rest);
  if (drive !== null && (rest.includes("\\") || /^[A-Za-z]:\//.test(rest))) {
    const fixed = `/${drive[1]}:/${drive[2]!.replaceAll("\\", "/")}`;
    return { what, hint: `write a path with a Windows drive as "ocidir://${fixed}"` };
  }
  if (rest === "") return { what, hint: "write the folder after ocidir://, such as ocidir://images:tag" };
  const bad = /[^/a-zA-Z0-9_\-. ~+:@]/u.exec(rest);
  if (bad !== null) {
    return { what, hint: `a path has letters, digits and / _ - . ~ + or blanks, not ${JSON.stringify(bad[0])}` };
  }
  return explainEnd(rest) ?? { what, hint: "write ocidir://path[:tag][@digest]; a path has no colon and no @" };
}

function explainBlanks(text: string, isValid: (text: string) => boolean): Explanation | undefined {
  const blank = /\s/.exec(text);
  if (blank === null) return undefined;
  const trimmed = text.trim();
  const what = "it has a blank or line end";
  return { what, hint: isValid(trimmed) ? `write "${trimmed}"` : "a reference has no blanks" };
}

function explainShell(text: string): Explanation | undefined {
  const bad = /[^a-zA-Z0-9._:@/[\]+-]/u.exec(text);
  if (bad === null) return undefined;
  return { what: `it has the character ${JSON.stringify(bad[0])}`, hint: FORM };
}

function explainParts(text: string, isValid: (text: string) => boolean): Explanation {
  const layout = /^(?:oci|dir|oci-archive|oci-layout|containers-storage|docker-archive|docker-daemon):(.+)$/.exec(text);
  if (layout !== null && !isTag(layout[1]!)) {
    return { what: "it names another tool's transport", hint: `an OCI layout folder is "ocidir://${layout[1]}"` };
  }
  const end = explainEnd(text);
  if (end !== undefined) return end;
  const name = nameOf(text);
  const host = name.replace(/:[^/]*$/, "");
  const lower = explainCase(text, host);
  if (lower !== undefined) return lower;
  if (isRegistry(name) || host === "localhost") {
    return { what: "the repository is missing", hint: `write "${name}/repository"` };
  }
  const tidy = text.replace(/\/{2,}/g, "/").replace(/\/+$/, "");
  if (tidy !== text && isValid(tidy)) {
    return {
      what: `it has ${name.includes("//") ? "an empty segment" : "a slash at its end"}`,
      hint: `write "${tidy}"`,
    };
  }
  if (/^\.{0,2}\/./.test(name)) {
    return { what: "it is a path", hint: `an OCI layout folder is "ocidir://${text}"` };
  }
  return explainHost(name) ?? {
    what: "the repository is malformed",
    hint: "segments are lower case letters and digits, joined by single . _ __ or any number of -",
  };
}

function explainCase(text: string, name: string): Explanation | undefined {
  const slash = name.indexOf("/");
  const from = slash > 0 && isRegistry(name.slice(0, slash)) ? slash + 1 : 0;
  const repository = name.slice(from);
  const lower = repository.toLowerCase();
  if (repository === lower || repository === "LOCALHOST" || !isRepository(lower)) return undefined;
  const fixed = text.slice(0, from) + lower + text.slice(from + repository.length);
  return { what: "the repository must be lower case", hint: `write "${fixed}"` };
}

function explainHost(name: string): Explanation | undefined {
  const slash = name.indexOf("/");
  const first = name.slice(0, Math.max(slash, 0));
  if (!/[:[\]]/.test(first) || isRegistry(first)) return undefined;
  return {
    what: `"${first}" is no registry`,
    hint: "a registry is a host name, an IPv4 address or an IPv6 address in brackets, then an optional :port of digits",
  };
}

/** What is wrong with the digest or the tag. */
function explainEnd(text: string): Explanation | undefined {
  const at = text.indexOf("@");
  if (at >= 0 && !isDigestForm(text.slice(at + 1))) {
    const digest = text.slice(at + 1);
    const short = /^sha256:[a-f0-9]*$/.test(digest) ? `, this one has ${digest.length - 7}` : "";
    return {
      what: "the digest is malformed",
      hint: `a digest is sha256: with 64 lower case hexadecimal characters${short}`,
    };
  }
  const name = nameOf(text);
  const colon = name.indexOf(":", name.lastIndexOf("/") + 1);
  if (colon < 0 || isTag(name.slice(colon + 1)) || isRegistry(name.slice(name.lastIndexOf("/") + 1))) return undefined;
  return {
    what: "the tag is malformed",
    hint: "a tag starts with a letter, digit or _ and has at most 128 letters, digits and . _ -",
  };
}

function nameOf(text: string): string {
  const at = text.indexOf("@");
  return at < 0 ? text : text.slice(0, at);
}
