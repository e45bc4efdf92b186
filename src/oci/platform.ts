/** A platform (image-spec, image-index.md, "platform"). */
export interface Platform {
  /** Operating system, as in GOOS. */
  readonly os: string;
  /** CPU architecture, as in GOARCH. */
  readonly architecture: string;
  /** Variant of the CPU, for example `v7`. */
  readonly variant?: string;
  /** Version of the operating system. */
  readonly "os.version"?: string;
  /** Features of the operating system. */
  readonly "os.features"?: readonly string[];
}
