/** A registry with an image whose layers come in part, and the rest when the test says so. */
import { FakeRegistry } from "../support/fake_registry.ts";
import type { FaultAction } from "../support/faults.ts";
import { addImage, addLayer, type Layer } from "../support/images.ts";

/** Bytes of a layer's file; the layer itself is a little larger, for it does not compress. */
export const LAYER_BYTES = 2_000_000;

/** Holds back what is over half of a layer until it is opened. */
export class SlowRegistry implements AsyncDisposable {
  /** The layers of `app:v1`. */
  readonly layers: readonly Layer[];
  readonly #registry = new FakeRegistry();
  readonly #opened = Promise.withResolvers<void>();

  constructor(layers: number) {
    const app = this.#registry.repository("app");
    this.layers = Array.from({ length: layers }, (_, at) => addLayer(app, 700 + at, LAYER_BYTES));
    addImage(app, { tag: "v1", layers: this.layers });
    this.#registry.faults.add({ method: "GET", path: /\/blobs\//, times: Infinity, action: this.#half() });
  }

  /** The image. */
  get image(): string {
    return `${this.#registry.host}/app:v1`;
  }

  /** Text of a configuration file that says how it is reached. */
  get config(): string {
    return JSON.stringify({ hosts: { [this.#registry.host]: { tls: "disabled", reqConcurrent: 16 } } });
  }

  /** Lets all layers come to their end. */
  open(): void {
    this.#opened.resolve();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.open();
    await this.#registry.close();
  }

  #half(): FaultAction {
    return async (_request, proceed) => {
      const answer = await proceed();
      const { body } = answer;
      if (!(body instanceof Uint8Array) || body.byteLength < LAYER_BYTES) return answer;
      return { ...answer, body: this.#inTwo(body), contentLength: body.byteLength };
    };
  }

  async *#inTwo(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
    const middle = bytes.byteLength >> 1;
    yield bytes.subarray(0, middle);
    await this.#opened.promise;
    yield bytes.subarray(middle);
  }
}
