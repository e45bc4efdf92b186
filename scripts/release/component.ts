/**
 * What a program or an image is made of: the entries of its software bills of materials.
 *
 * @module
 */
import { join } from "node:path";
import type { BundledPackage } from "../build/packages.ts";

/** Something that another project made. */
export interface Component {
  /** Name. */
  readonly name: string;
  /** Version. */
  readonly version: string;
  /** Package URL. */
  readonly purl: string;
  /** Digest of what it was taken from, hexadecimal. */
  readonly sha512?: string;
  /** License, as an SPDX expression. */
  readonly license?: string;
  /** Package URLs of what it uses. */
  readonly uses: readonly string[];
}

/** The thing that has them. */
export interface Subject {
  /** Name. */
  readonly name: string;
  /** Version. */
  readonly version: string;
  /** Commit, or "". */
  readonly commit: string;
  /** When it was made: `2024-01-02T03:04:05Z`. */
  readonly date: string;
  /** Whatever else makes it another than its like. */
  readonly mark: string;
}

interface Lock {
  readonly npm?: Readonly<Record<string, { readonly integrity?: string; readonly dependencies?: readonly string[] }>>;
}

const EXPRESSION = /^\(?[A-Za-z0-9.+-]+\)?( (AND|OR|WITH) \(?[A-Za-z0-9.+-]+\)?)*$/;

/** The packages of npm in a bundle, with what `deno.lock` and they themselves say of them. */
export async function npmComponents(root: string, packages: readonly BundledPackage[]): Promise<readonly Component[]> {
  const lock: Lock = JSON.parse(await Deno.readTextFile(join(root, "deno.lock")));
  const urlOf = (dependency: string) => {
    const [name, version] = dependency.split(/(?<=.)@/);
    return packages.filter((one) => one.name === name && (version === undefined || one.version === version))
      .map((one) => npmUrl(one.name, one.version));
  };
  return await Promise.all(packages.map(async ({ name, version, folder }) => {
    const row = lock.npm?.[`${name}@${version}`];
    if (row === undefined) throw new Error(`deno.lock does not know the package ${name}@${version}`);
    const { license } = JSON.parse(await Deno.readTextFile(join(folder, "package.json")));
    const sha512 = /^sha512-(.+)$/.exec(row.integrity ?? "")?.[1];
    return {
      name,
      version,
      purl: npmUrl(name, version),
      uses: (row.dependencies ?? []).flatMap(urlOf),
      ...(typeof license === "string" && EXPRESSION.test(license) ? { license } : {}),
      ...(sha512 === undefined ? {} : { sha512: hexOf(sha512) }),
    };
  }));
}

/** The runtime in the program. */
export function runtimeComponent(): Component {
  const { deno: version } = Deno.version;
  return { name: "deno", version, purl: `pkg:github/denoland/deno@v${version}`, license: "MIT", uses: [] };
}

/** Package URL of npm (purl-spec, "npm"): the `@` of a scope is written as `%40`. */
function npmUrl(name: string, version: string): string {
  return `pkg:npm/${name.replace("@", "%40")}@${version}`;
}

function hexOf(base64: string): string {
  return [...atob(base64)].map((character) => character.charCodeAt(0).toString(16).padStart(2, "0")).join("");
}
