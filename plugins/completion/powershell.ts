import type { CommandResult, Context, InputOf } from "../../src/mod.ts";
import type { powershell } from "./mod.ts";
import { type Script, scriptResult } from "./script.ts";

/** Handler of `completion powershell`. */
export default function print(context: Context, { flags }: InputOf<typeof powershell>): Promise<CommandResult> {
  return scriptResult(context, script, flags["no-descriptions"]);
}

/** Before 7.3, an empty argument reaches a program only as a pair of quotes. An empty answer keeps PowerShell from completing files. */
const script: Script = (program, ask) =>
  `# PowerShell completion of ${program}

Register-ArgumentCompleter -Native -CommandName '${program}' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $words = @($commandAst.CommandElements |
        Where-Object { $_.Extent.StartOffset -lt $cursorPosition } |
        ForEach-Object {
            if ($_ -is [System.Management.Automation.Language.StringConstantExpressionAst]) { $_.Value }
            else { $_.Extent.Text }
        })
    $arguments = @($words | Select-Object -Skip 1)
    $current = "$wordToComplete"
    if ($current -eq '') {
        $empty = ''
        if ($PSVersionTable.PSVersion -lt [version]'7.3.0' -or $PSNativeCommandArgumentPassing -eq 'Legacy') {
            $empty = '""'
        }
        $arguments += $empty
    } elseif ($arguments.Count -gt 0) {
        $current = "$($arguments[-1])"
    }

    $lines = @(& $words[0] ${ask} @arguments 2>$null)
    if ($lines.Count -eq 0 -or $lines[-1] -notmatch '^:\\d+$') { return }
    $directive = [int]$lines[-1].Substring(1)

    # A flag's value comes without the flag.
    $flag = ''
    if ($current -match '^(-[^=]*=)') { $flag = $Matches[1] }

    $candidates = @($lines | Select-Object -SkipLast 1 | ForEach-Object {
        $value, $description = $_ -split "\`t", 2
        if (-not $description) { $description = $value }
        $text = "$flag$value"
        if ($text -match '[\\s,;()]') { $text = "'$text'" }
        elseif (($directive -band 2) -eq 0) { $text += ' ' }
        [System.Management.Automation.CompletionResult]::new($text, $value, 'ParameterValue', $description)
    })
    if ($candidates.Count -gt 0) { return $candidates }
    if (($directive -band 4) -ne 0) { return '' }
}
`;
