_rosterd_names() {
    local names
    names=$("$1" completions bash -- "${COMP_WORDS[@]:0:COMP_CWORD}" 2>/dev/null)
    [[ -n $names ]] || return 1
    COMPREPLY=( $(compgen -W "$names" -- "$2") )
    # What is typed may be the beginning of an option.
    [[ ${#COMPREPLY[@]} -gt 0 ]]
}
