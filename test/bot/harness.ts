/** Registries with images for scripts, and scripts run over them. */
import { localPlatform } from "../../src/config/local_platform.ts";
import { digestOf } from "../../src/oci/digest.ts";
import { MEDIA_TYPE } from "../../src/oci/media_type.ts";
import { run, type RunResult } from "../cli/harness.ts";
import { bytesOf, Place } from "../serve/harness.ts";

/** An image to push. */
export interface ImageSpec {
  readonly created?: string;
  readonly labels?: Readonly<Record<string, string>>;
  /** Makes an index of two platforms of it. */
  readonly index?: boolean;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** Pushes an image; gives the digest that its tag names. */
export async function pushImage(place: Place, name: string, tag: string, spec: ImageSpec = {}): Promise<string> {
  const { os, architecture } = localPlatform();
  const image = async (tag: string, architecture: string): Promise<[string, number]> => {
    const layer = bytesOf(`layer ${name} ${tag} ${architecture}`);
    const config = bytesOf(JSON.stringify({
      created: spec.created ?? "2021-01-01T00:00:00Z",
      architecture,
      os,
      config: { Labels: spec.labels ?? {}, Env: ["PATH=/bin"], ExposedPorts: { "80/tcp": {} } },
      rootfs: { type: "layers", diff_ids: [digestOf(layer)] },
      history: [{ created: "2021-01-01T00:00:00.5+02:00", created_by: "a <b> & c" }],
    }));
    const manifest = bytesOf(JSON.stringify({
      schemaVersion: 2,
      mediaType: MEDIA_TYPE.ociManifest,
      config: { mediaType: MEDIA_TYPE.ociConfig, digest: await place.push(name, config), size: config.byteLength },
      layers: [{ mediaType: MEDIA_TYPE.ociLayer, digest: await place.push(name, layer), size: layer.byteLength }],
      annotations: { "org.example.tag": tag, ...spec.annotations },
    }));
    const digest = digestOf(manifest);
    (await place.put(name, spec.index ? digest : tag, manifest)).is(201);
    return [digest, manifest.byteLength];
  };
  const [digest, size] = await image(tag, architecture);
  if (!spec.index) return digest;
  const [other, otherSize] = await image(tag, "s390x");
  const index = bytesOf(JSON.stringify({
    schemaVersion: 2,
    mediaType: MEDIA_TYPE.ociIndex,
    manifests: [
      { mediaType: MEDIA_TYPE.ociManifest, digest: other, size: otherSize, platform: { os, architecture: "s390x" } },
      { mediaType: MEDIA_TYPE.ociManifest, digest, size, platform: { os, architecture } },
    ],
  }));
  (await place.put(name, tag, index, MEDIA_TYPE.ociIndex)).is(201);
  return digestOf(index);
}

/** Every tag of every repository with the digest that it names. */
export async function snapshot(place: Place): Promise<Record<string, string>> {
  const state: Record<string, string> = {};
  const { repositories } = (await place.send("GET", "/v2/_catalog?n=1000")).json;
  for (const name of repositories as string[]) {
    const { tags } = (await place.send("GET", `/v2/${name}/tags/list?n=1000`)).json;
    for (const tag of (tags ?? []) as string[]) {
      const answer = await place.send("HEAD", `/v2/${name}/manifests/${tag}`);
      state[`${name}:${tag}`] = answer.header("docker-content-digest");
    }
  }
  return state;
}

/** A bot file with one script, or several, for a registry on plain HTTP. */
export function botFile(place: Pick<Place, "host">, scripts: Readonly<Record<string, string>>, more = ""): string {
  const indented = Object.entries(scripts).map(([name, script]) =>
    `  - name: ${name}\n    script: |\n${script.trimEnd().replace(/^/gm, "      ")}\n`
  );
  return `version: 1\ncreds:\n  - registry: ${place.host}\n    tls: disabled\n${more}scripts:\n${indented.join("")}`;
}

/** Runs scripts over a registry with `bot once`. */
export async function once(
  place: Pick<Place, "host">,
  script: string | Readonly<Record<string, string>>,
  options: { readonly args?: readonly string[]; readonly more?: string; readonly env?: Record<string, string> } = {},
): Promise<RunResult> {
  const scripts = typeof script === "string" ? { test: script } : script;
  return await run(["bot", "once", "-c", "-", ...options.args ?? []], {
    stdin: botFile(place, scripts, options.more),
    ...(options.env === undefined ? {} : { env: options.env }),
  });
}
