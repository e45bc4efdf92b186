/** A server on a free port over a temporary folder, and requests to it. */
import assert from "node:assert/strict";
import { digestOf } from "../../src/oci/digest.ts";
import { MEDIA_TYPE } from "../../src/oci/media_type.ts";
import { FerryRegistry, type FerryRegistryOptions } from "../support/ferry_registry.ts";

/** How to start a server. */
export type PlaceOptions = FerryRegistryOptions;

/** A server for one test, and short ways to speak to it. */
export class Place extends FerryRegistry {
  static async open(options: PlaceOptions = {}): Promise<Place> {
    const place = new Place(await Deno.makeTempDir({ prefix: "ferry-serve-" }), options);
    await place.start();
    return place;
  }

  /** Sends a request; the body of the answer is read. */
  async send(
    method: string,
    path: string,
    init: Omit<RequestInit, "method"> & { readonly client?: Deno.HttpClient } = {},
  ): Promise<Answer> {
    const response = await fetch(path.startsWith("/") ? this.url + path : path, {
      method,
      redirect: "manual",
      ...init,
    });
    return new Answer(response.status, response.headers, new Uint8Array(await response.arrayBuffer()));
  }

  /** Pushes a blob and gives its digest. */
  async push(name: string, bytes: Uint8Array<ArrayBuffer>, algorithm = "sha256"): Promise<string> {
    const digest = digestOf(bytes, algorithm);
    (await this.send("POST", `/v2/${name}/blobs/uploads/?digest=${digest}`, { body: bytes })).is(201);
    return digest;
  }

  /** Pushes an image of one layer and gives its digest. */
  async image(name: string, tag: string, changes: Record<string, unknown> = {}): Promise<string> {
    const layer = bytesOf(`layer of ${tag}`);
    const config = bytesOf("{}");
    const manifest = bytesOf(JSON.stringify({
      schemaVersion: 2,
      mediaType: MEDIA_TYPE.ociManifest,
      config: { mediaType: MEDIA_TYPE.ociEmpty, digest: await this.push(name, config), size: config.byteLength },
      layers: [{ mediaType: MEDIA_TYPE.ociLayer, digest: await this.push(name, layer), size: layer.byteLength }],
      ...changes,
    }));
    const digest = digestOf(manifest);
    (await this.put(name, tag === "" ? digest : tag, manifest)).is(201);
    return digest;
  }

  /** Pushes a manifest. */
  async put(name: string, reference: string, body: Uint8Array<ArrayBuffer>, type: string = MEDIA_TYPE.ociManifest) {
    return await this.send("PUT", `/v2/${name}/manifests/${reference}`, { body, headers: { "content-type": type } });
  }
}

/** An answer whose body was read. */
export class Answer {
  constructor(readonly status: number, readonly headers: Headers, readonly bytes: Uint8Array) {}

  /** Checks the status, and the code of an error. */
  is(status: number, code?: string): this {
    assert.equal(this.status, status, this.text);
    if (code !== undefined) assert.equal(this.json.errors[0].code, code);
    return this;
  }

  get text(): string {
    return new TextDecoder().decode(this.bytes);
  }

  // deno-lint-ignore no-explicit-any -- tests look at what they know
  get json(): any {
    return JSON.parse(this.text);
  }

  header(name: string): string {
    return this.headers.get(name) ?? "";
  }
}

/** Bytes of a text. */
export function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

/** Bytes that look random but are always the same. */
export function someBytes(size: number, seed = 1): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(size);
  let state = seed;
  for (let at = 0; at < size; at++) {
    state = (state * 1103515245 + 12345) & 0x7fffffff;
    bytes[at] = state >> 16;
  }
  return bytes;
}

/** True when two paths are names of one file. */
export async function isSameFile(one: string, other: string): Promise<boolean> {
  const [a, b] = [await Deno.stat(one), await Deno.stat(other)];
  return a.ino === b.ino && a.dev === b.dev;
}
