import { digestOf } from "../../src/oci/digest.ts";
import { checkErrors } from "./error_stage.ts";

const CONFIG = JSON.stringify({ os: "linux", architecture: "amd64", rootfs: { type: "layers", diff_ids: [] } });

/** A layout whose one image has a config that is not what its digest says. */
function damaged(config: string): Record<string, string> {
  const bytes = (text: string) => new TextEncoder().encode(text);
  const described = (mediaType: string, text: string) => ({
    mediaType,
    digest: digestOf(bytes(text)),
    size: bytes(text).byteLength,
  });
  const right = described("application/vnd.oci.image.config.v1+json", CONFIG);
  const mediaType = "application/vnd.oci.image.manifest.v1+json";
  const manifest = JSON.stringify({ schemaVersion: 2, mediaType, config: right, layers: [] });
  const entry = { ...described(mediaType, manifest), annotations: { "org.opencontainers.image.ref.name": "v1" } };
  const file = (digest: string) => `bad/blobs/${digest.replace(":", "/")}`;
  return {
    "bad/oci-layout": '{"imageLayoutVersion":"1.0.0"}',
    "bad/index.json": JSON.stringify({ schemaVersion: 2, manifests: [entry] }),
    [file(right.digest)]: config,
    [file(entry.digest)]: manifest,
  };
}

Deno.test("golden: layouts", () =>
  checkErrors("errors/layout.txt", [
    { title: "a tag that is nearly right", line: "manifest get ocidir://DIR/app:v2" },
    { title: "asked for alone", line: "image digest ocidir://DIR/app:sbmo" },
    { title: "nothing near", line: "image inspect ocidir://DIR/app:something" },
    { title: "a tag to delete", line: "tag delete ocidir://DIR/app:am" },
    { title: "copied from", line: "image copy ocidir://DIR/app:lates REG/org/app:new" },
    { title: "a digest", line: "manifest get ocidir://DIR/app@DIGEST" },
    { title: "a blob", line: "blob get ocidir://DIR/app DIGEST" },
    { title: "a folder that is nearly right", line: "tag ls ocidir://DIR/ap" },
    { title: "a folder, nothing near", line: "tag ls ocidir://DIR/something" },
    { title: "a folder, asked for a digest", line: "image digest ocidir://DIR/ap:v1" },
    { title: "a folder in a folder that is not there", line: "tag ls ocidir://DIR/x/y/app" },
    { title: "a folder that is no layout", line: "tag ls ocidir://DIR/plain", files: { "plain/a.txt": "text" } },
    { title: "a file", line: "tag ls ocidir://DIR/file", files: { file: "text" } },
    { title: "a file as target", line: "image copy ocidir://DIR/app:v1 ocidir://DIR/file:v1", files: { file: "text" } },
    { title: "below a file", line: "image copy ocidir://DIR/app:v1 ocidir://DIR/file/x:v1", files: { file: "text" } },
    { title: "a broken index", line: "tag ls ocidir://DIR/app", files: { "app/index.json": '{"manifests": [' } },
    {
      title: "another version",
      line: "tag ls ocidir://DIR/app",
      files: { "app/oci-layout": '{"imageLayoutVersion":"9"}' },
    },
    { title: "a place that nobody writes to", line: "image copy ocidir://DIR/app:v1 ocidir:///dev/null/x:v1" },
    {
      title: "a damaged config",
      line: "image inspect ocidir://DIR/bad:v1",
      files: damaged(CONFIG.replace("linux", "Linux")),
    },
    { title: "a config cut short", line: "image inspect ocidir://DIR/bad:v1", files: damaged(CONFIG.slice(1)) },
    { title: "a platform", line: "image copy -p linux/riscv64 ocidir://DIR/app:v1 ocidir://DIR/new:v1" },
    { title: "an archive", line: "image inspect ocifile://DIR/app.tar:v1" },
  ]));
