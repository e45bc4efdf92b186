/**
 * Writes an OCI image layout (image-spec, image-layout.md).
 *
 * @module
 */
import { createHash } from "node:crypto";
import { join } from "node:path";
import type { Descriptor, JsonObject } from "../../src/oci/descriptor.ts";
import { digestOf } from "../../src/oci/digest.ts";

/** Media type of an index. */
export const INDEX = "application/vnd.oci.image.index.v1+json";
/** Annotation that names a tag in `index.json`. */
export const REF_NAME = "org.opencontainers.image.ref.name";

/** A layout that is being written. */
export class LayoutWriter {
  readonly #folder: string;
  readonly #entries: Descriptor[] = [];

  /** The folder must not exist yet. */
  constructor(folder: string) {
    this.#folder = folder;
    Deno.mkdirSync(join(folder, "blobs", "sha256"), { recursive: true });
    Deno.writeTextFileSync(join(folder, "oci-layout"), JSON.stringify({ imageLayoutVersion: "1.0.0" }));
  }

  /** Stores a blob; `more` goes into its descriptor. */
  blob(content: Uint8Array, mediaType: string, more: Partial<Descriptor> = {}, algorithm = "sha256"): Descriptor {
    const digest = digestOf(content, algorithm);
    const path = this.#path(digest);
    Deno.mkdirSync(join(path, ".."), { recursive: true });
    Deno.writeFileSync(path, content);
    return { mediaType, digest, size: content.length, ...more };
  }

  /** Stores a blob as it comes. */
  async stream(chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>, mediaType: string): Promise<Descriptor> {
    const part = join(this.#folder, "part");
    const hash = createHash("sha256");
    let size = 0;
    {
      using file = await Deno.open(part, { write: true, createNew: true });
      for await (const chunk of chunks) {
        hash.update(chunk);
        for (let at = 0; at < chunk.length;) at += file.writeSync(chunk.subarray(at));
        size += chunk.length;
      }
    }
    const digest = `sha256:${hash.digest("hex")}`;
    await Deno.rename(part, this.#path(digest));
    return { mediaType, digest, size };
  }

  /** Stores a manifest or index under tags. */
  manifest(manifest: JsonObject, tags: readonly string[] = [], algorithm = "sha256"): Descriptor {
    const { artifactType } = manifest;
    const descriptor = this.blob(
      new TextEncoder().encode(JSON.stringify(manifest)),
      String(manifest["mediaType"]),
      typeof artifactType === "string" ? { artifactType } : {},
      algorithm,
    );
    for (const tag of tags) this.#entries.push({ ...descriptor, annotations: { [REF_NAME]: tag } });
    return descriptor;
  }

  /** Stores an index under tags. */
  index(manifests: readonly Descriptor[], tags: readonly string[] = [], more: JsonObject = {}): Descriptor {
    return this.manifest({ schemaVersion: 2, mediaType: INDEX, ...more, manifests }, tags);
  }

  /** Writes `index.json`, without which it is no layout. */
  close(): void {
    const index = { schemaVersion: 2, mediaType: INDEX, manifests: this.#entries };
    Deno.writeTextFileSync(join(this.#folder, "index.json"), JSON.stringify(index));
  }

  #path(digest: string): string {
    return join(this.#folder, "blobs", ...digest.split(":"));
  }
}
