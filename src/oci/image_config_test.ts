import assert from "node:assert/strict";
import { parseImageConfig, platformOfConfig } from "./image_config.ts";

function bytes(value: unknown): Uint8Array {
  return new TextEncoder().encode(typeof value === "string" ? value : JSON.stringify(value));
}

Deno.test("an image config is read with its unknown fields", () => {
  const config = parseImageConfig(bytes({
    created: "2023-01-01T00:00:00Z",
    architecture: "arm",
    os: "linux",
    variant: "v7",
    "os.features": null,
    config: { Env: ["A=b"], Labels: { a: "b" }, Entrypoint: null, Shell: ["/bin/sh"] },
    rootfs: { type: "layers", diff_ids: ["sha256:a"], extra: 1 },
    history: [{ created_by: "x", empty_layer: true, extra: null }],
    moby: { x: 1 },
  }));
  assert.deepEqual(platformOfConfig(config), { os: "linux", architecture: "arm", variant: "v7" });
  assert.deepEqual(config.config, { Env: ["A=b"], Labels: { a: "b" }, Shell: ["/bin/sh"] });
  assert.deepEqual(config.rootfs, { type: "layers", diff_ids: ["sha256:a"], extra: 1 });
  assert.deepEqual(config.history, [{ created_by: "x", empty_layer: true }]);
  assert.deepEqual(config.moby, { x: 1 });
});

Deno.test("an empty config has no platform and no layers", () => {
  const config = parseImageConfig(bytes("{}"));
  assert.deepEqual(platformOfConfig(config), { os: "", architecture: "" });
  assert.deepEqual(config.rootfs, { type: "layers", diff_ids: [] });
});

Deno.test("a config with a field of a wrong type is refused and the field named", () => {
  const cases: Record<string, RegExp> = {
    "{": /it is not JSON/,
    "[]": /not a JSON object/,
    '{"os":1}': /os is not text/,
    '{"config":[]}': /config is not an object/,
    '{"config":{"Env":"x"}}': /config.Env is not a list/,
    '{"config":{"User":1}}': /config.User is not text/,
    '{"config":{"Labels":{"a":1}}}': /config.Labels\["a"\] is not text/,
    '{"rootfs":[]}': /rootfs is not an object/,
    '{"rootfs":{"diff_ids":[1]}}': /rootfs.diff_ids is not a list/,
    '{"history":{}}': /history is not a list/,
    '{"history":[1]}': /history\[0\] is not an object/,
  };
  for (const [text, message] of Object.entries(cases)) {
    assert.throws(() => parseImageConfig(bytes(text)), { code: "MANIFEST_INVALID", message });
  }
  assert.throws(() => parseImageConfig(Uint8Array.of(0xff)), { code: "MANIFEST_INVALID" });
});
