/** Layouts in temporary folders, for tests of what reads and writes them. */
import { isJsonObject, type JsonObject } from "../../src/oci/descriptor.ts";
import type { Reference } from "../../src/reference/reference.ts";
import type { BlobStream } from "../../src/transport/transport.ts";
import { bytesSource, type SourceOptions, type TestSource } from "../support/sources.ts";

/** A reference to a layout. */
export function layoutReference(path: string, tag = "", digest = ""): Reference {
  return { scheme: "ocidir", registry: "", repository: "", tag, digest, path };
}

/** A temporary folder that goes with the test. */
export async function temporaryFolder(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await Deno.makeTempDir({ prefix: "layout-test-" });
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}

/** Names in a folder, sorted; none where it is missing. */
export function namesOf(folder: string): string[] {
  try {
    return [...Deno.readDirSync(folder)].map((entry) => entry.name).sort();
  } catch {
    return [];
  }
}

/** Names of what is not finished in a layout. */
export function unfinishedIn(root: string): string[] {
  return namesOf(root).filter((name) => name.startsWith(".ferry"));
}

/** The parsed `index.json`. */
export async function readIndexJson(path: string): Promise<JsonObject & { readonly manifests: JsonObject[] }> {
  const value: unknown = JSON.parse(await Deno.readTextFile(`${path}/index.json`));
  if (!isJsonObject(value) || !Array.isArray(value.manifests)) throw new Error("index.json is no index");
  return { ...value, manifests: value.manifests.filter(isJsonObject) };
}

/** Makes everything under `blobs` as old as given, in milliseconds. */
export async function makeOld(path: string, age: number): Promise<void> {
  const time = new Date(Date.now() - age);
  for (const algorithm of namesOf(`${path}/blobs`)) {
    for (const name of namesOf(`${path}/blobs/${algorithm}`)) {
      await Deno.utime(`${path}/blobs/${algorithm}/${name}`, time, time);
    }
  }
}

/** A source without ranges: whatever offset is asked for, its stream starts at 0. */
export function rangelessSource(bytes: Uint8Array<ArrayBuffer>, options: SourceOptions = {}): TestSource {
  const inner = bytesSource(bytes, options);
  return {
    ...inner,
    open: async (offset): Promise<BlobStream> => {
      const stream = await inner.open(0);
      inner.opened[inner.opened.length - 1] = offset;
      return { ...stream, size: bytes.byteLength, offset: 0 };
    },
  };
}
