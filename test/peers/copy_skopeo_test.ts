import assert from "node:assert/strict";
import { copyImage } from "../../src/copy/mod.ts";
import { digestOf } from "../../src/oci/digest.ts";
import { createLayoutTransport } from "../../src/transport/layout/mod.ts";
import { layoutReference, makeClient, registryReference } from "../support/client.ts";
import { checkLayout, writeLayout } from "../support/content.ts";
import { DockerRegistry } from "../support/docker_registry.ts";
import { FerryRegistry } from "../support/ferry_registry.ts";
import { needs, runOk } from "../support/programs.ts";
import { plainSample } from "../support/sample.ts";
import { inFolder } from "../support/folder.ts";

const TAGS = ["multi", "single", "nested"] as const;

/** Runs skopeo with a policy of its own, so that the machine's does not matter. */
async function skopeo(dir: string, ...args: string[]): Promise<string> {
  await Deno.writeTextFile(`${dir}/policy.json`, '{"default":[{"type":"insecureAcceptAnything"}]}');
  return await runOk("skopeo", ["--policy", `${dir}/policy.json`, ...args]);
}

Deno.test({
  ...needs("skopeo: layouts that it writes are copied to a registry, where it reads them", "skopeo"),
  fn: () =>
    inFolder(async (dir) => {
      await using registry = await FerryRegistry.start();
      await using client = makeClient();
      const content = plainSample();
      await writeLayout(content, `${dir}/mine`);
      for (const tag of ["multi", "single"]) {
        await skopeo(dir, "copy", "-q", "--all", `oci:${dir}/mine:${tag}`, `oci:${dir}/theirs:${tag}`);
        const result = await copyImage({
          source: layoutReference(`${dir}/theirs`, tag),
          target: registryReference(registry.host, "r", tag),
          sourceTransport: createLayoutTransport(),
          targetTransport: client.transport,
        });
        assert.equal(result.descriptor.digest, content.tags.get(tag));
        const seen = await skopeo(dir, "inspect", "--raw", "--tls-verify=false", `docker://${registry.host}/r:${tag}`);
        assert.equal(digestOf(new TextEncoder().encode(seen)), content.tags.get(tag));
      }
    }),
});

Deno.test({
  ...needs("skopeo: what it pushed is copied to a layout, which it reads", "skopeo"),
  fn: () =>
    inFolder(async (dir) => {
      await using registry = await FerryRegistry.start();
      await using client = makeClient();
      const content = plainSample();
      await writeLayout(content, `${dir}/mine`);
      const to = `docker://${registry.host}/r:multi`;
      await skopeo(dir, "copy", "-q", "--all", "--dest-tls-verify=false", `oci:${dir}/mine:multi`, to);
      await copyImage({
        source: registryReference(registry.host, "r", "multi"),
        target: layoutReference(`${dir}/back`, "multi"),
        sourceTransport: client.transport,
        targetTransport: createLayoutTransport(),
      });
      await checkLayout(`${dir}/back`);
      await skopeo(dir, "copy", "-q", "--all", `oci:${dir}/back:multi`, `oci:${dir}/again:multi`);
      const { tags } = await checkLayout(`${dir}/again`);
      assert.equal(tags.get("multi"), content.tags.get("multi"));
      const inspected = JSON.parse(await skopeo(dir, "inspect", "--config", `oci:${dir}/back:multi`));
      assert.equal(inspected.os, "linux");
    }),
});

Deno.test({
  ...needs("umoci: it unpacks what was copied from a registry to a layout", "umoci"),
  fn: () =>
    inFolder(async (dir) => {
      await using registry = await FerryRegistry.start();
      await using client = makeClient();
      const layouts = createLayoutTransport();
      await writeLayout(plainSample(), `${dir}/mine`);
      const there = registryReference(registry.host, "r", "single");
      const remote = { sourceTransport: layouts, targetTransport: client.transport };
      await copyImage({ ...remote, source: layoutReference(`${dir}/mine`, "single"), target: there });
      await copyImage({
        source: there,
        target: layoutReference(`${dir}/back`, "single"),
        sourceTransport: client.transport,
        targetTransport: layouts,
      });
      await runOk("umoci", ["unpack", "--rootless", "--image", `${dir}/back:single`, `${dir}/bundle`]);
      const files = [...Deno.readDirSync(`${dir}/bundle/rootfs`)].map(({ name }) => name).sort();
      assert.deepEqual(files, ["file-1.bin", "file-50.bin"]);
    }),
});

Deno.test({
  ...needs("regctl: it finds referrers that were copied, in a registry without the API", "regctl", "docker-registry"),
  fn: () =>
    inFolder(async (dir) => {
      await using registry = await DockerRegistry.start();
      await using client = makeClient();
      const content = plainSample();
      await writeLayout(content, `${dir}/mine`);
      for (const tag of TAGS) {
        await copyImage({
          source: layoutReference(`${dir}/mine`, tag),
          target: registryReference(registry.host, "r", tag),
          sourceTransport: createLayoutTransport(),
          targetTransport: client.transport,
          referrers: true,
        });
      }
      const env = { REGCTL_CONFIG: `${dir}/regctl.json` };
      await runOk("regctl", ["registry", "set", "--tls", "disabled", registry.host], { env });
      const args = ["artifact", "list", "--format", "{{json .Descriptors}}", `${registry.host}/r:multi`];
      const listed: { digest: string; artifactType: string }[] = JSON.parse(await runOk("regctl", args, { env }));
      const expected = content.referrers(content.tags.get("multi")!).map(({ descriptor }) => descriptor.digest);
      assert.deepEqual(listed.map(({ digest }) => digest).sort(), expected.sort());
      assert(listed.some(({ artifactType }) => artifactType === "application/spdx+json"));
    }),
});
