import assert from "node:assert/strict";
import { resolve } from "node:path";
import { configPlaces, homeFolder } from "./paths.ts";

const env = (variables: Record<string, string>) => (name: string) => variables[name];
const unix = Deno.build.os !== "windows";

function places(variables: Record<string, string>, as: "ferry" | "regctl" = "ferry", os = "linux") {
  return configPlaces({ env: env(variables), home: "/h", as, os });
}

Deno.test({ name: "a variable names the file; ferry's own comes first", ignore: !unix }, () => {
  assert.equal(places({ FERRY_CONFIG: "/a/f.json", REGCTL_CONFIG: "/a/r.json" }).explicit, "/a/f.json");
  assert.equal(places({ REGCTL_CONFIG: "/a/r.json" }).explicit, "/a/r.json");
  assert.equal(places({ FERRY_CONFIG: "", REGCTL_CONFIG: "" }).explicit, undefined);
  assert.equal(places({ FERRY_CONFIG: "here.json" }).explicit, resolve("here.json"));
  assert.equal(places({ FERRY_CONFIG: "/a/f.json", REGCTL_CONFIG: "/a/r.json" }, "regctl").explicit, "/a/r.json");
  assert.equal(places({ FERRY_CONFIG: "/a/f.json" }, "regctl").explicit, undefined);
});

Deno.test({ name: "without a variable: the configuration folder, then regctl's places", ignore: !unix }, () => {
  const regctl = ["/h/.config/regctl/config.json", "/h/.regctl/config.json"];
  assert.deepEqual(places({}), {
    explicit: undefined,
    existing: ["/h/.config/ferry/config.json", ...regctl],
    fresh: "/h/.config/ferry/config.json",
  });
  assert.deepEqual(places({}, "regctl"), { explicit: undefined, existing: regctl, fresh: "/h/.regctl/config.json" });
  assert.equal(places({ XDG_CONFIG_HOME: "/x" }).fresh, "/x/ferry/config.json");
  assert.deepEqual(places({ XDG_CONFIG_HOME: "/x" }, "regctl").existing[0], "/x/regctl/config.json");
  assert.equal(places({ XDG_CONFIG_HOME: "relative" }).fresh, "/h/.config/ferry/config.json");
  assert.equal(places({ APPDATA: "/appdata" }, "ferry", "windows").fresh, "/appdata/ferry/config.json");
  assert.equal(places({}, "ferry", "windows").fresh, "/h/AppData/Roaming/ferry/config.json");
});

Deno.test({ name: "home is what HOME says", ignore: !unix }, () => {
  assert.equal(homeFolder(env({ HOME: "/somewhere" })), "/somewhere");
  assert.equal(typeof homeFolder(env({})), "string");
});
