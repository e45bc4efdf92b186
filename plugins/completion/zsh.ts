import type { CommandResult, Context, InputOf } from "../../src/mod.ts";
import type { zsh } from "./mod.ts";
import { type Script, scriptResult } from "./script.ts";

/** Handler of `completion zsh`. */
export default function print(context: Context, { flags }: InputOf<typeof zsh>): Promise<CommandResult> {
  return scriptResult(context, script, flags["no-descriptions"]);
}

const script: Script = (program, ask) =>
  `#compdef ${program}
compdef _${program} ${program}

# zsh completion of ${program}

_${program}()
{
    local called=\${(Q)words[1]} line value directive
    local -a before lines values options
    called=\${called/#\\~\\//$HOME/}
    if ! (( \${+commands[$called]} )) && [[ ! -x $called ]]; then called=${program}; fi
    if (( CURRENT > 2 )); then before=("\${(@Q)words[2,CURRENT-1]}"); fi
    lines=("\${(@f)$("$called" ${ask} "\${before[@]}" "\${(Q)PREFIX}" 2>/dev/null </dev/null)}")
    directive=\${lines[-1]#:}
    if [[ $directive != <-> ]]; then return 1; fi

    # A flag's value comes without the flag.
    if [[ $PREFIX == -*=* ]]; then
        IPREFIX+=\${PREFIX%%=*}=
        PREFIX=\${PREFIX#*=}
    fi
    for line in "\${(@)lines[1,-2]}"; do
        value=\${line%%$'\\t'*}
        value=\${value//:/\\\\:}
        if [[ $line == *$'\\t'* ]]; then value+=:\${line#*$'\\t'}; fi
        values+=("$value")
    done
    if (( directive & 16 )); then
        _files -/
        return
    fi
    if (( directive & 2 )); then options=(-S ''); fi
    if (( \${#values} )) && _describe -V completions values "\${options[@]}"; then return 0; fi
    if (( directive & 4 )); then return 1; fi
    _files
}

# Loaded from fpath, the file is the function's first call.
if [[ \${funcstack[1]} == _${program} ]]; then
    _${program}
fi
`;
