import type { CommandResult, Context, InputOf } from "../../src/mod.ts";
import type { bash } from "./mod.ts";
import { type Script, scriptResult } from "./script.ts";

/** Handler of `completion bash`. */
export default function print(context: Context, { flags }: InputOf<typeof bash>): Promise<CommandResult> {
  return scriptResult(context, script, flags["no-descriptions"]);
}

/**
 * The script, for bash 3.2 and later. It takes the line apart by itself: bash splits words at the characters of COMP_WORDBREAKS,
 * `:` and `=` among them, and what stands before the last of these is not to be repeated in an answer. Nothing of what is typed
 * is expanded or run.
 */
const script: Script = (program, ask) =>
  `# bash completion of ${program}

# Splits the line before the cursor into words. Sets words, quote (one that is open), kept (what readline leaves of the last
# word: all up to a quote that is open, or to a break) and redirected (the cursor is in the file of a redirection).
__${program}_split()
{
    local line=\${COMP_LINE:0:\${COMP_POINT:-\${#COMP_LINE}}} word= begun= outside= char next i
    local breaks=\${COMP_WORDBREAKS//[[:space:]\\"\\']/}
    words=() quote= kept= redirected=
    for ((i = 0; i < \${#line}; i++)); do
        char=\${line:i:1}
        next=\${line:i+1:1}
        if [[ $quote == "'" ]]; then
            if [[ $char == "'" ]]; then quote=; else word+=$char; fi
        elif [[ $quote == '"' ]]; then
            case $char in
            '"') quote= ;;
            \\\\)
                case $next in
                '"' | \\\\ | '$' | '\`') word+=$next; i=$((i + 1)) ;;
                *) word+=$char ;;
                esac
                ;;
            *) word+=$char ;;
            esac
        else
            case $char in
            "'" | '"') quote=$char outside=$word begun=1 ;;
            \\\\) word+=$next begun=1 i=$((i + 1)) ;;
            ' ' | $'\\t' | $'\\n' | '<' | '>')
                if [[ -n $begun ]]; then
                    if [[ -n $redirected ]]; then
                        redirected=
                    elif [[ $char == [[:space:]] || $word == *[!0-9]* ]]; then
                        words+=("$word")
                    fi
                    word= begun= kept=
                fi
                if [[ $char == '<' || $char == '>' ]]; then redirected=1; fi
                ;;
            *)
                word+=$char begun=1
                if [[ $breaks == *"$char"* ]]; then kept=$word; fi
                ;;
            esac
        fi
    done
    if [[ -n $quote ]]; then kept=$outside; fi
    words+=("$word")
}

__${program}_complete()
{
    local -a words values descriptions
    local quote kept redirected
    COMPREPLY=()
    __${program}_split
    if [[ -n $redirected ]]; then return 0; fi

    local called=\${words[0]/#\\~\\//$HOME/} current=\${words[\${#words[@]} - 1]}
    if ! type -P "$called" >/dev/null; then called=${program}; fi
    local out directive
    out=$("$called" ${ask} "\${words[@]:1}" 2>/dev/null </dev/null)
    directive=\${out##*:}
    if [[ $directive != [0-9]* ]]; then return 0; fi

    # A flag's value comes without the flag.
    local flag= begun=$current
    if [[ $current == -*=* ]]; then flag=\${current%%=*}= begun=\${current#*=}; fi
    local line value tab=$'\\t' longest=0
    if ((directive & 16)); then
        out=$(compgen -d -- "$begun")
        compopt -o filenames 2>/dev/null
    fi
    while IFS= read -r line; do
        if [[ -z $line || $line == :"$directive" ]]; then continue; fi
        value=$flag\${line%%$tab*}
        value=\${value#"$kept"}
        if [[ -z $quote ]] && ! ((directive & 16)); then value=\${value// /\\\\ }; fi
        values+=("$value")
        if [[ $line == *$tab* ]]; then descriptions+=("\${line#*$tab}"); else descriptions+=(""); fi
        if ((\${#value} > longest)); then longest=\${#value}; fi
    done <<<"$out"

    if ((directive & 2)); then compopt -o nospace 2>/dev/null; fi
    if ((directive & 20)); then compopt +o default 2>/dev/null; fi
    if ((BASH_VERSINFO[0] > 4 || BASH_VERSINFO[0] == 4 && BASH_VERSINFO[1] >= 4)); then
        compopt -o nosort 2>/dev/null
    fi
    if ((\${#values[@]} == 0)); then return 0; fi

    # Descriptions are shown in a list; where candidates are put into the line they must not be.
    local i padded width
    if ((\${#values[@]} > 1)) && [[ \${COMP_TYPE:-9} != 37 && \${COMP_TYPE:-9} != 42 ]]; then
        for i in "\${!values[@]}"; do
            width=$((\${COLUMNS:-80} - longest - 4))
            if [[ -z \${descriptions[i]} ]] || ((width < 8)); then continue; fi
            printf -v padded "%-\${longest}s" "\${values[i]}"
            if ((\${#descriptions[i]} > width)); then
                values[i]="$padded  (\${descriptions[i]:0:width-3}...)"
            else
                values[i]="$padded  (\${descriptions[i]})"
            fi
        done
    fi
    COMPREPLY=("\${values[@]}")
}

if [[ $(type -t compopt) == builtin ]]; then
    complete -o default -F __${program}_complete ${program}
else
    complete -o default -o nospace -F __${program}_complete ${program}
fi
`;
