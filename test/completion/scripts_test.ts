/** The scripts as they are printed. That of PowerShell is looked at only as a text: the shell is not expected to be there. */
import assert from "node:assert/strict";
import { output, run } from "../cli/harness.ts";
import { isInstalled, run as runProgram } from "../support/programs.ts";

const SHELLS = ["bash", "zsh", "fish", "powershell"] as const;

Deno.test("every script names the program as it was called, and asks it", async () => {
  for (const shell of SHELLS) {
    for (const program of ["ferry", "regctl"]) {
      const { code, stdout, stderr } = await run(["completion", shell], { argv0: program });
      assert.deepEqual([code, stderr], [0, ""]);
      assert.match(stdout, new RegExp(`^# *\\S.*|^#compdef ${program}\n`), shell);
      assert.match(stdout, / __complete /);
      assert.ok(stdout.includes(program));
      assert.equal(/ferry/.test(stdout), program === "ferry", `${shell} of ${program}`);
    }
    const bare = await output("completion", shell, "--no-descriptions");
    assert.equal(bare, (await output("completion", shell)).replace(" __complete ", " __completeNoDesc "));
  }
});

Deno.test("shells take the scripts", async () => {
  for (const shell of ["bash", "zsh", "fish"]) {
    if (!isInstalled(shell)) continue;
    const script = await output("completion", shell);
    const result = await runProgram(shell, ["-n", "/dev/stdin"], { stdin: script });
    assert.deepEqual([result.code, result.stderr], [0, ""], shell);
  }
});

Deno.test("the script of PowerShell: brackets and quotes are even, the protocol is cobra's", async () => {
  const script = await output("completion", "powershell");
  const code = script.replaceAll(/^ *#.*$/gm, "").replaceAll(/'[^']*'/g, "");
  for (const [open, close] of ["()", "{}", "[]"]) {
    assert.equal(code.split(open!).length, code.split(close!).length, `${open}${close}`);
  }
  assert.equal(code.replaceAll(/"[^"]*"/g, "").includes('"'), false);
  assert.match(script, /^Register-ArgumentCompleter -Native -CommandName 'ferry' -ScriptBlock \{$/m);
  for (const part of ["$lines = @(& $words[0] __complete @arguments 2>$null)", "'^:\\d+$'", '-split "`t", 2']) {
    assert.ok(script.includes(part), part);
  }
});
