import type { CommandResult, Context, InputOf } from "../../src/mod.ts";
import type { fish } from "./mod.ts";
import { type Script, scriptResult } from "./script.ts";

/** Handler of `completion fish`. */
export default function print(context: Context, { flags }: InputOf<typeof fish>): Promise<CommandResult> {
  return scriptResult(context, script, flags["no-descriptions"]);
}

const script: Script = (program, ask) =>
  `# fish completion of ${program}

function __${program}_complete
    set -l words (commandline -opc)
    set -l typed (commandline -ct)
    set -l current (string unescape -- $typed)
    or set current (string trim -l -c "\\"'" -- $typed)
    set -l called ${program}
    if command -q -- $words[1]
        set called $words[1]
    end
    set -l lines (command $called ${ask} $words[2..-1] "$current" 2>/dev/null </dev/null)
    set -l directive (string replace -r '^:' '' -- $lines[-1])
    string match -qr '^[0-9]+$' -- $directive
    or return
    set -e lines[-1]

    # A flag's value comes without the flag.
    set -l flag (string match -r '^-[^=]*=' -- $current)
    set -l begun (string replace -r '^-[^=]*=' '' -- $current)
    if test (math "bitand($directive, 16)") -ne 0
        for path in (__fish_complete_directories "$begun" '')
            echo -- "$flag$path"
        end
        return
    end
    # fish puts a blank behind the one candidate that there is, unless its end says otherwise. A second one keeps it away.
    if test (math "bitand($directive, 2)") -ne 0; and test (count $lines) -eq 1
        set -l value (string split -m1 \\t -- $lines[1])[1]
        if not string match -qr '[/:=@,.]$' -- $value
            set -a lines "$value."
        end
    end
    for line in $lines
        echo -- "$flag$line"
    end
    if test (count $lines) -eq 0; and test (math "bitand($directive, 4)") -eq 0
        for path in (__fish_complete_path "$begun")
            echo -- "$flag$path"
        end
    end
end

complete -c ${program} -e
complete -k -c ${program} -f -a '(__${program}_complete)'
`;
