import { SHELLS, type Shell } from './shells.ts'

/*
 * Each script asks `__complete` with the words before the cursor, and hands the candidates to its shell. Standard input is
 * closed, so that no credential plugin takes keys from the terminal.
 */

const BASH = `# bash completion of istio-traffic-shift
__istio_traffic_shift() {
  local rest=\${COMP_LINE:0:COMP_POINT} typed='' word index line text last='' glued
  local -a words=()
  # Bash splits words at = and : too. Pieces without a blank between them are one word.
  for ((index = 0; index <= COMP_CWORD; index++)); do
    word=\${COMP_WORDS[index]}
    glued=\${rest%%[![:space:]]*}
    rest=\${rest#"$glued"}
    ((index == COMP_CWORD)) && word=$rest
    if [[ -z $glued && index -gt 0 ]]; then
      words[\${#words[@]}-1]+=$word
    else
      words+=("$word")
    fi
    rest=\${rest#"$word"}
  done
  for index in "\${!words[@]}"; do
    word=\${words[index]}
    [[ $word == \\'*\\' || $word == \\"*\\" ]] && words[index]=\${word:1:\${#word}-2}
  done
  typed=\${words[\${#words[@]}-1]}
  COMPREPLY=()
  # What is before the last = or : is not a part of the word that bash replaces.
  local start=''
  [[ $typed == *[=:]* && $COMP_WORDBREAKS == *[=:]* ]] && start=\${typed%"\${typed##*[=:]}"}
  while IFS= read -r line; do
    last=$line
    [[ $line == :* ]] && continue
    text=\${line%%$'\\t'*}
    text=\${text#"$start"}
    printf -v text '%q' "$text"
    COMPREPLY+=("$text")
  done < <("\${words[0]/#~/$HOME}" __complete "\${words[@]:1}" 2>/dev/null </dev/null)
  case $last in
    :more) compopt -o nospace ;;
    :files | :folders)
      compopt -o filenames
      [[ $last == :files ]] && index=-f || index=-d
      while IFS= read -r line; do
        COMPREPLY+=("$line")
      done < <(compgen "$index" -- "\${typed#"$start"}")
      ;;
  esac
}
complete -F __istio_traffic_shift istio-traffic-shift
`

const ZSH = `#compdef istio-traffic-shift
# zsh completion of istio-traffic-shift
_istio_traffic_shift() {
  local line last='' text
  local -a lines candidates suffix
  lines=("\${(@f)$("\${(Q)words[1]}" __complete "\${(@Q)words[2,CURRENT-1]}" "\${(Q)PREFIX}" 2>/dev/null </dev/null)}")
  for line in $lines; do
    if [[ $line == :* ]]; then
      last=$line
      continue
    fi
    text=\${line%%$'\\t'*}
    text=\${text//\\\\/\\\\\\\\}
    candidates+=("\${text//:/\\\\:}:\${line#*$'\\t'}")
  done
  [[ $last == :more ]] && suffix=(-S '')
  ((\${#candidates})) && _describe -t istio-traffic-shift 'completion' candidates "\${suffix[@]}"
  if [[ $last == :files || $last == :folders ]]; then
    [[ $PREFIX == --*=* ]] && compset -P '*='
    if [[ $last == :files ]]; then _files; else _files -/; fi
  fi
}
if [[ $funcstack[1] == _istio-traffic-shift ]]; then
  _istio_traffic_shift "$@"
else
  compdef _istio_traffic_shift istio-traffic-shift
fi
`

const FISH = `# fish completion of istio-traffic-shift
function __istio_traffic_shift
    set -l words (commandline -opc)
    set -l typed (commandline -ct)
    set -l lines (command $words[1] __complete $words[2..-1] "$typed" 2>/dev/null </dev/null)
    for line in $lines
        switch $line
            case ':files' ':folders'
                set -l value (string replace -r '^--[\\w-]+=' '' -- "$typed")
                set -l start (string sub -l (math (string length -- "$typed") - (string length -- "$value")) -- "$typed")
                for path in (__fish_complete_path "$value")
                    echo $start$path
                end
            case ':*'
            case '*'
                echo $line
        end
    end
end
complete -c istio-traffic-shift -f -a '(__istio_traffic_shift)'
`

/* kubectl runs it with the words behind the name of the plugin, in every shell that completes kubectl. */
const KUBECTL = `#!/bin/sh
# completion of kubectl traffic-shift; the name of this file is kubectl_complete-traffic_shift
exec kubectl traffic-shift __complete_plugin "$@" 2>/dev/null </dev/null
`

const SCRIPTS: Readonly<Record<Shell, string>> = {
  bash: BASH,
  zsh: ZSH,
  fish: FISH,
  kubectl: KUBECTL,
}

/** The script for a shell; undefined for a word that names none. */
export function completionScript(shell: string): string | undefined {
  const known = SHELLS.find((one) => one === shell)
  return known && SCRIPTS[known]
}
