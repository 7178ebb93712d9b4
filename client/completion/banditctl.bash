# Completion of banditctl for bash.
#
# All that it knows it asks banditctl, which prints what may follow the words
# that are there, one candidate a line.

_banditctl()
{
	local line=${COMP_LINE:0:COMP_POINT} cur='' words options=() i=1 word
	local candidates

	read -ra words <<<"$line"
	if [[ $line != *[[:space:]] ]]; then
		cur=${words[-1]}
		unset 'words[-1]'
	fi
	while [[ ${words[i]-} == -* ]]; do
		options+=("${words[i]}")
		if [[ ${words[i]} == -*[st] ]]; then
			[[ -n ${words[i + 1]-} ]] || return # a file, a number
			options+=("${words[++i]}")
		fi
		((i++))
	done
	mapfile -t candidates < <(banditctl "${options[@]}" help --words \
		"${words[@]:i}" 2>/dev/null | cut -f 1)
	for word in "${candidates[@]}"; do
		[[ $word == "$cur"* ]] || continue
		[[ $word != *= || $word != "$cur" ]] || continue
		# readline replaces only what is behind the last = or :
		[[ $COMP_WORDBREAKS != *=* || $cur != *[=:]* ]] ||
			word=${word#"${cur%"${cur##*[=:]}"}"}
		COMPREPLY+=("$word")
	done
	[[ ${#COMPREPLY[@]} -ne 1 || ${COMPREPLY[0]} != *= ]] ||
		compopt -o nospace 2>/dev/null
}

complete -o bashdefault -o default -F _banditctl banditctl
