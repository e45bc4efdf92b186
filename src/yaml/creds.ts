/**
 * `creds`: settings and credentials of registries in the files of several nouns.
 *
 * @module
 */
import type { Template, TemplateOptions } from "../output/template/template.ts";
import type { RegistryEntry } from "../plugin.ts";
import { mistakeOf } from "./formats.ts";
import type { YamlFile } from "./read.ts";
import {
  COUNT,
  FLAG,
  listOf,
  type ListShape,
  mapOf,
  objectOf,
  type ObjectShape,
  oneOf,
  TEXT,
  type TextShape,
  type ValueOf,
} from "./shape.ts";

const TEMPLATE: TextShape = { kind: "text", format: "template" };
const SECRET_TEMPLATE: TextShape = { kind: "text", format: "template", secret: true };
const USE_TLS = "use tls: disabled for plain HTTP";

/** Keys of an entry of `creds`. */
export const CRED_KEYS = {
  registry: {
    shape: { kind: "text", format: "template", filled: true },
    summary: "registry name, as references write it; docker.io for Docker Hub",
    required: true,
  },
  user: { shape: TEMPLATE, summary: "user name" },
  pass: { shape: SECRET_TEMPLATE, summary: "password" },
  token: { shape: SECRET_TEMPLATE, summary: "identity token" },
  tls: {
    shape: { ...oneOf(["enabled", "insecure", "disabled", ""]), anyCase: true },
    summary: "enabled: verified HTTPS; insecure: HTTPS, not verified; disabled: plain HTTP",
  },
  hostname: { shape: TEMPLATE, summary: "host[:port] to dial, where it is not the registry's name" },
  regcert: { shape: TEMPLATE, summary: "CA certificates to trust besides the system's, PEM" },
  clientCert: { shape: TEMPLATE, summary: "client certificate, PEM" },
  clientKey: { shape: SECRET_TEMPLATE, summary: "key of the client certificate, PEM" },
  credHelper: { shape: TEXT, summary: "credential helper: docker-credential-NAME" },
  credExpire: {
    shape: { kind: "duration", min: 0, nanoseconds: true },
    summary: "how long the helper's answer is used, for example 1h",
  },
  credHost: { shape: TEXT, summary: "what the helper is asked for" },
  pathPrefix: { shape: TEXT, summary: "goes before the repository on the wire" },
  mirrors: { shape: listOf(TEXT), summary: "names of registries to read from first" },
  priority: { shape: COUNT, summary: "order among mirrors and the registry itself: higher first" },
  repoAuth: { shape: FLAG, summary: "one token a repository" },
  apiOpts: { shape: mapOf(TEXT), summary: "free options, for example disableHead: true" },
  blobChunk: { shape: COUNT, summary: "bytes of one chunk of a chunked upload" },
  blobMax: {
    shape: { kind: "number", whole: true, min: -1 },
    summary: "bytes above which uploads are chunked; -1: never",
  },
  reqPerSec: { shape: { kind: "number", min: 0 }, summary: "most requests a second; 0: no limit" },
  reqConcurrent: { shape: COUNT, summary: "most requests at a time" },
  scheme: { shape: TEXT, summary: "http or https", deprecated: USE_TLS },
  api: { shape: TEXT, summary: "of no effect", deprecated: "take it out" },
  dns: { shape: listOf(TEXT), summary: "hosts to dial; the first counts", deprecated: "use hostname" },
} as const;

/** The shape of `creds`. */
export const CREDS: ListShape<ObjectShape<typeof CRED_KEYS>> = listOf(objectOf("cred", CRED_KEYS));

/** `creds` as they are written. */
export type Creds = ValueOf<typeof CREDS>;

/** Keys whose values are templates. */
const TEMPLATED = ["registry", "user", "pass", "token", "hostname", "regcert", "clientCert", "clientKey"] as const;

/** Keys of a registry's entry whose values are never shown. */
export const SECRET_KEYS: readonly string[] = Object.entries(CRED_KEYS)
  .filter(([, { shape }]) => "secret" in shape && shape.secret).map(([name]) => name);

/** How to expand. */
export interface ExpandOptions extends TemplateOptions {
  /** Parses a template. */
  readonly compile: (text: string, options: TemplateOptions) => Template;
  /** Key of the list in its file; `creds` unless given. */
  readonly key?: string;
}

/**
 * Entries with their templates expanded, ready for `Context.withRegistries`. Templates that fail, and secrets that come out
 * empty, are told; no value is.
 */
export function expandCreds(
  creds: Creds | undefined,
  file: Pick<YamlFile<unknown>, "tell">,
  { compile, key = "creds", ...options }: ExpandOptions,
): readonly RegistryEntry[] {
  return (creds ?? []).map((cred, at) => {
    const expanded: Record<string, unknown> = { ...cred };
    for (const name of TEMPLATED) {
      const text = cred[name];
      if (text === undefined || !text.includes("{{")) continue;
      const mistake = mistakeOf(() => expanded[name] = compile(text, options).render(undefined));
      if (mistake !== undefined) {
        // What a function says may quote the secret that it was given.
        const words = SECRET_KEYS.includes(name) ? { message: "The template of this secret failed" } : mistake;
        file.tell([key, at, name], words);
      } else if (expanded[name] === "") {
        file.tell([key, at, name], {
          message: "Template gives nothing",
          hint: "check the environment variable or the file that it reads",
          severity: "warning",
        });
      }
    }
    if (cred.credExpire !== undefined) expanded["credExpire"] = cred.credExpire * 1e6;
    return expanded as unknown as RegistryEntry;
  });
}

/** An entry without its secrets: what is there is masked. */
export function hideSecrets(entry: RegistryEntry): RegistryEntry {
  return Object.fromEntries(
    Object.entries(entry).map(([key, value]) => [key, SECRET_KEYS.includes(key) && value ? "***" : value]),
  ) as unknown as RegistryEntry;
}
