
function __rosterd_names
    set -l words (commandline --current-process --tokenize --cut-at-cursor)
    $words[1] completions fish -- $words 2>/dev/null
end
complete -c rosterd -n 'set -g __rosterd_names (__rosterd_names); test -n "$__rosterd_names"' -f -a '$__rosterd_names'
