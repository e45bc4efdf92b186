/** What plugins of users add, in bot files and scripts. */
import assert from "node:assert/strict";
import { Home } from "../plugins/harness.ts";
import { Place } from "../serve/harness.ts";

Deno.test("scripts and rules take references of the schemes that plugins serve", async () => {
  await using home = await Home.make();
  const { path } = await home.layout();
  await home.output("image", "export", `ocidir://${path}:v1`, home.at("image.tar"));
  const tar = `tar://${home.at("image.tar")}`;
  const file = await home.write(
    "bot.yml",
    `scripts:
  - name: look
    script: |
      print(table.concat(tag.ls("${tar}"), ","), manifest.getList("${tar}:v1"):descriptor().Digest)
      image.copy("${tar}:v1", "ocidir://${home.at("out")}:v1")
retention:
  - {name: keep, repositories: ["${tar}"], keep: {latest: 1}}
`,
  );
  const before = await home.run(["bot", "once", "-c", file]);
  assert.notEqual(before.code, 0);
  assert.match(before.stderr, /reference parsing failed/);
  await home.add("tar.ts");
  const { code, stderr, stdout } = await home.run(["bot", "once", "-c", file]);
  assert.equal(code, 0, stderr);
  const digest = await home.output("manifest", "head", `ocidir://${path}:v1`);
  assert.equal(stdout, `v1\t${digest}`);
  assert.equal(await home.output("manifest", "head", `ocidir://${home.at("out")}:v1`), digest);
});

Deno.test("templates of a bot file have the functions of plugins", async () => {
  await using home = await Home.make();
  await using place = await Place.open();
  await place.image("app", "v1");
  const file = await home.write(
    "bot.yml",
    `creds: [{registry: ${place.host}, user: '{{shout "me" 1}}', pass: x, tls: disabled}]
scripts: [{name: look, script: 'print(#tag.ls("${place.host}/app"))'}]
`,
  );
  const before = await home.run(["bot", "once", "-c", file]);
  assert.match(before.stderr, /shout/);
  assert.notEqual(before.code, 0);
  await home.add("shout.ts");
  const { code, stderr, stdout } = await home.run(["bot", "once", "-c", file]);
  assert.deepEqual([code, stdout], [0, "1\n"], stderr);
});
