# What zsh offers for a line that ends with the tab key, one word per line: zsh -f offered.zsh LINE SCRIPT
#
# zsh completes in a terminal only, so it gets one, in which what would be offered is printed as well.
zmodload zsh/zpty
zpty terminal zsh -f -i
zpty -w terminal "PROMPT=; autoload -U compinit; compinit -u -D; source $2"
zpty -w terminal 'compadd () {
  [[ ${@[1,(i)(-|--)]} == *-(O|A|D)\ * ]] || {
    typeset -a found
    builtin compadd -A found "$@"
    print -rl -- "OFFERED<"${^found}">"
  }
  builtin compadd "$@"
}
at_end () { print -r -- "AT""_END" }
comppostfuncs=(at_end)
bindkey "^I" complete-word
print -r -- "IS""_READY"'
local out line
while zpty -r terminal line; do [[ $line == *IS_READY* ]] && break; done
zpty -n -w terminal "$1"$'\t'
while zpty -r terminal line; do out+=$line; [[ $line == *AT_END* ]] && break; done
print -r -- "$out" | grep -o 'OFFERED<[^>]*>' | sed 's/^OFFERED<//; s/>$//' | sort -u
zpty -d terminal
