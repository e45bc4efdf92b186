/** Other tools push to the server, pull from it and delete on it, and read the layouts that it stored. */
import assert from "node:assert/strict";
import { fullSample } from "../support/sample.ts";
import { checkLayout, writeLayout } from "../support/content.ts";
import { needs, run, runOk } from "../support/programs.ts";
import { Place } from "./harness.ts";

/** A folder with a layout of everything, and regctl's settings. */
async function workplace(place: Place): Promise<{ readonly dir: string; readonly env: Record<string, string> }> {
  const dir = await Deno.makeTempDir({ prefix: "ferry-peers-" });
  await writeLayout(fullSample(), `${dir}/layout`);
  const config = `${dir}/regctl.json`;
  await Deno.writeTextFile(config, JSON.stringify({ hosts: { [place.host]: { tls: "disabled" } } }));
  return { dir, env: { REGCTL_CONFIG: config } };
}

Deno.test({
  ...needs("serve: regctl pushes, lists, copies and deletes", "regctl"),
  fn: async () => {
    await using place = await Place.open();
    const { dir, env } = await workplace(place);
    const regctl = (...args: string[]) => runOk("regctl", args, { env });
    try {
      for (const tag of ["multi", "nested", "sha512", "foreign", "embedded", "loop", "docker-list"]) {
        await regctl("image", "copy", "--referrers", `ocidir://${dir}/layout:${tag}`, `${place.host}/app:${tag}`);
        const wanted = await regctl("image", "digest", `ocidir://${dir}/layout:${tag}`);
        assert.equal(await regctl("image", "digest", `${place.host}/app:${tag}`), wanted, tag);
        await regctl("image", "copy", "--referrers", `${place.host}/app:${tag}`, `ocidir://${dir}/back:${tag}`);
        assert.equal(await regctl("image", "digest", `ocidir://${dir}/back:${tag}`), wanted, tag);
      }
      assert.match(await regctl("artifact", "list", `${place.host}/app:multi`), /application\/spdx\+json/);
      await regctl("image", "copy", `${place.host}/app:multi`, `${place.host}/other:multi`);
      await regctl("tag", "delete", `${place.host}/app:nested`);
      assert(!(await regctl("tag", "ls", `${place.host}/app`)).includes("nested"));
      await regctl("manifest", "delete", "--force-tag-dereference", `${place.host}/app:docker-list`);
      assert.equal(await regctl("repo", "ls", place.host), "app\nother\n");
      const { tags } = await checkLayout(`${place.dir}/app`);
      assert(tags.has("multi") && !tags.has("nested") && !tags.has("docker-list"));
    } finally {
      await Deno.remove(dir, { recursive: true });
    }
  },
});

Deno.test({
  ...needs("serve: skopeo pushes, pulls, deletes and reads the layout", "skopeo"),
  fn: async () => {
    await using place = await Place.open();
    const { dir } = await workplace(place);
    const image = `docker://${place.host}/team/app:v1`;
    try {
      await runOk("skopeo", ["copy", "--all", "--dest-tls-verify=false", `oci:${dir}/layout:multi`, image]);
      await runOk("skopeo", ["copy", "--all", "--src-tls-verify=false", image, `oci:${dir}/back:v1`]);
      const raw = await runOk("skopeo", ["inspect", "--raw", "--tls-verify=false", image]);
      assert.equal(await runOk("skopeo", ["inspect", "--raw", `oci:${place.dir}/team/app:v1`]), raw);
      assert.equal(await runOk("skopeo", ["inspect", "--raw", `oci:${dir}/layout:multi`]), raw);
      assert.match(
        await runOk("skopeo", ["list-tags", "--tls-verify=false", `docker://${place.host}/team/app`]),
        /"v1"/,
      );
      await runOk("skopeo", ["delete", "--tls-verify=false", image]);
      assert.notEqual((await run("skopeo", ["inspect", "--raw", "--tls-verify=false", image])).code, 0);
    } finally {
      await Deno.remove(dir, { recursive: true });
    }
  },
});

Deno.test({
  ...needs("serve: crane copies, lists and deletes", "crane"),
  fn: async () => {
    await using place = await Place.open();
    const digest = await place.image("app", "v1");
    const crane = (...args: string[]) => runOk("crane", [...args, "--insecure"]);
    await crane("copy", `${place.host}/app:v1`, `${place.host}/team/copy:v2`);
    assert.equal((await crane("digest", `${place.host}/team/copy:v2`)).trim(), digest);
    assert.equal(await crane("ls", `${place.host}/team/copy`), "v2\n");
    assert.equal(await crane("catalog", place.host), "app\nteam/copy\n");
    await crane("delete", `${place.host}/app@${digest}`);
    assert.notEqual((await run("crane", ["digest", `${place.host}/app:v1`, "--insecure"])).code, 0);
  },
});
