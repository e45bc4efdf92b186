/** Runs an image of a layout with runc, without a container engine: read-only root, an unprivileged user, the host's network. */
import { join } from "node:path";
import { createLayoutTransport, parseImageConfig, parseReference, withDigest } from "../../mod.ts";
import { isInstalled, type ProgramResult, run, runOk } from "../support/programs.ts";
import { noNamespaces } from "./walkthrough.ts";

/** Why containers cannot be run here, or undefined where they can. */
export function noContainers(): string | undefined {
  if (Deno.build.os !== "linux") return "this is not Linux";
  if (!isInstalled("runc")) return "runc is not installed";
  if (Deno.uid() !== 0) return "not run as root";
  return noNamespaces();
}

/** A container's root and settings. */
export interface Container {
  /** Folder with the root. */
  readonly root: string;
  /** Environment of the image. */
  readonly env: readonly string[];
  /** Its entry point. */
  readonly entrypoint: readonly string[];
  /** `uid:gid`. */
  readonly user: string;
}

/** Unpacks the image of this machine's architecture beneath `folder`. */
export async function unpack(image: string, architecture: string, folder: string): Promise<Container> {
  const transport = createLayoutTransport();
  const place = parseReference(image);
  const index = await transport.getManifest(place);
  const entry = index.manifests.find(({ platform }) => platform?.architecture === architecture);
  if (entry === undefined) throw new Error(`"${image}" has no image for ${architecture}`);
  const manifest = await transport.getManifest(withDigest(place, entry.digest));
  const root = join(folder, "root");
  await Deno.mkdir(root, { recursive: true });
  for (const { digest } of manifest.layers) {
    await runOk("tar", ["-xpf", join(place.path, "blobs", ...digest.split(":")), "-C", root]);
  }
  const { body } = await transport.blobSource(place, manifest.config!).open(0);
  const { config = {} } = parseImageConfig(new Uint8Array(await new Response(body).arrayBuffer()));
  return { root, env: config.Env ?? [], entrypoint: config.Entrypoint ?? [], user: config.User ?? "0:0" };
}

/** Runs a command line in a container to its end. `files` are seen read-only under their paths inside. */
export async function runIn(
  container: Container,
  args: readonly string[],
  files: Readonly<Record<string, string>> = {},
  env: readonly string[] = [],
): Promise<ProgramResult> {
  const bundle = await Deno.makeTempDir({ prefix: "ferry-runc-" });
  const [uid = 0, gid = 0] = container.user.split(":").map(Number);
  const mount = (destination: string, type: string, source: string, options: readonly string[]) => ({
    destination,
    type,
    source,
    options,
  });
  const config = {
    ociVersion: "1.0.2",
    root: { path: container.root, readonly: true },
    process: {
      user: { uid, gid },
      args,
      env: [...container.env, ...env],
      cwd: "/",
      noNewPrivileges: true,
      capabilities: { bounding: [], effective: [], inheritable: [], permitted: [], ambient: [] },
    },
    mounts: [
      mount("/proc", "proc", "proc", []),
      mount("/dev", "tmpfs", "tmpfs", ["nosuid", "strictatime", "mode=755", "size=65536k"]),
      ...Object.entries(files).map(([inside, file]) => mount(inside, "bind", file, ["bind", "ro"])),
    ],
    linux: { namespaces: ["pid", "ipc", "uts", "mount"].map((type) => ({ type })) },
  };
  try {
    await Deno.writeTextFile(join(bundle, "config.json"), JSON.stringify(config));
    return await run("runc", [
      "--root",
      join(bundle, "state"),
      "run",
      "--bundle",
      bundle,
      `ferry-test-${crypto.randomUUID()}`,
    ]);
  } finally {
    await Deno.remove(bundle, { recursive: true });
  }
}
