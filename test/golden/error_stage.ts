/**
 * Command lines that fail, and what they print: one golden file for each list of them.
 *
 * @module
 */
import { run } from "../cli/harness.ts";
import { writeLayout } from "../cli/layout_fixture.ts";
import { Content } from "../support/content.ts";
import type { FakeAuth } from "../support/fake_auth.ts";
import { FakeRegistry } from "../support/fake_registry.ts";
import type { FakeFeatures } from "../support/fake_store.ts";
import type { Fault } from "../support/faults.ts";
import type { ServerCertificate } from "../support/http_server.ts";
import { addImage, addIndex, addLayer, addSchema1 } from "../support/images.ts";
import { checkGolden } from "./golden.ts";

/** What a failing command line runs on. */
export interface Stage {
  /** A registry with the repository `org/app`: tags v1 (an index), v1.1, v2 and old (schema 1). */
  readonly registry: FakeRegistry;
  /** A folder with the layout `app`: tags v1, latest, amd and sbom. */
  readonly dir: string;
}

/** A command line that fails. REG in it stands for the registry, DIR for the folder, DIGEST for a digest that nothing has. */
export interface ErrorCase {
  /** What is wrong. */
  readonly title: string;
  /** The command line, split at blanks. */
  readonly line: string;
  /** A word with blanks, for `--format`. */
  readonly format?: string;
  /** What the registry does wrong. */
  readonly faults?: readonly Fault[];
  /** What it cannot do. */
  readonly features?: Partial<FakeFeatures>;
  /** Who may come in. */
  readonly auth?: FakeAuth;
  /** Environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Standard input. */
  readonly stdin?: string;
  /** Name that the program is called by. */
  readonly argv0?: string;
  /** Files to write first, by path in the folder. */
  readonly files?: Readonly<Record<string, string>>;
  /** Nobody says that the registry speaks plain HTTP. */
  readonly secure?: boolean;
  /** Whose digest is told depends on what comes first. */
  readonly anyDigest?: boolean;
  /** It speaks TLS with this certificate. */
  readonly certificate?: ServerCertificate;
}

/** A digest that nothing has. */
export const DIGEST = `sha256:${"0".repeat(64)}`;

/** Runs all command lines, each with a registry and a folder of its own, and compares what they say with a golden file. */
export async function checkErrors(file: string, cases: readonly ErrorCase[]): Promise<void> {
  let text = "";
  for (const one of cases) text += `# ${one.title}\n${await said(one)}\n`;
  await checkGolden(file, text);
}

async function said(one: ErrorCase): Promise<string> {
  const dir = await Deno.makeTempDir({ prefix: "ferry-golden-" });
  const registry = new FakeRegistry({ ...one, faults: one.faults ?? [] });
  fill(registry);
  try {
    await writeLayout(`${dir}/app`);
    const real = (text: string) =>
      text.replaceAll("REG", registry.host).replaceAll("DIR", dir).replaceAll("DIGEST", DIGEST);
    for (const [path, content] of Object.entries(one.files ?? {})) {
      await Deno.mkdir(`${dir}/${path}`.replace(/\/[^/]*$/, ""), { recursive: true });
      await Deno.writeTextFile(`${dir}/${path}`, real(content), { mode: 0o755 });
    }
    const plain = one.secure === true || one.certificate !== undefined
      ? []
      : ["--host", `reg=${registry.host},tls=disabled`];
    const args = [...one.line.split(" ").filter((word) => word !== "").map(real)];
    if (one.format !== undefined) args.push("--format", one.format);
    const env = Object.fromEntries(Object.entries(one.env ?? {}).map(([name, value]) => [name, real(value)]));
    const { code, stderr, stdout } = await run([...plain, ...args], {
      env: { HOME: dir, FERRY_CONFIG: `${dir}/config.json`, ...env },
      ...(one.stdin === undefined ? {} : { stdin: one.stdin }),
      ...(one.argv0 === undefined ? {} : { argv0: one.argv0 }),
    });
    const shown = `$ ${one.argv0 ?? "ferry"} ${one.line}${
      one.format === undefined ? "" : ` --format '${one.format}'`
    }\n`;
    const out = stdout === "" ? "" : `[stdout] ${stdout}`;
    const text = fixed(`${shown}${out}${stderr}exit ${code}\n`, registry.host, dir);
    return one.anyDigest === true ? text.replace(/sha256:[0-9a-f]{64}/g, "ANY") : text;
  } finally {
    await registry.close();
    await Deno.remove(dir, { recursive: true });
  }
}

/** The same on every run: ports and folders have labels. */
function fixed(text: string, host: string, dir: string): string {
  return text.replaceAll(host, "REG").replaceAll(dir, "DIR").replaceAll(DIGEST, "DIGEST")
    .replace(/127\.0\.0\.1:(?!1\b)\d+/g, "OTHER");
}

function fill(registry: FakeRegistry): void {
  const content = new Content();
  const layer = addLayer(content, 1);
  const images = ["amd64", "arm64"].map((architecture) =>
    addImage(content, { platform: { os: "linux", architecture }, layers: [layer] })
  );
  addIndex(content, { tag: "v1", manifests: images });
  addImage(content, { tag: "v1.1", layers: [layer] });
  addImage(content, { tag: "v2", layers: [layer] });
  addSchema1(content, [layer], "old", false);
  content.copyTo(registry.repository("org/app"));
}
