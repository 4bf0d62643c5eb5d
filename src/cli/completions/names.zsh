_rosterd_names() {
    local -a names
    names=(${(f)"$("${(Q)words[1]}" completions zsh -- "${(@Q)words[1,CURRENT-1]}" 2>/dev/null)"})
    (( $#names )) || return 1
    compadd -- $names
}
