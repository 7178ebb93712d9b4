# Tables in Markdown of what a replay has written (PREFIX.curve.tsv).
# -v table=full: per problem, what was earned at some steps; table=short: all
# problems in one, reward over the best single arm; table=picks: the share of
# optimal picks at the last step.  -v at="300 1000 ...": the steps; -v names:
# a file of lines "name<TAB>...", the rows in their order.
BEGIN {
	FS = "\t"
	T = split(at, step, " ")
	while ((getline line < names) > 0) {
		split(line, part, "\t")
		policy[++P] = part[1]
	}
}
FNR == 1 {
	for (i = 1; i <= NF; i++)
		column[$i] = i
	next
}
{
	where = $column["problem"] SUBSEP $column["policy"] SUBSEP $column["step"]
	if (!($column["problem"] in seen)) {
		seen[$column["problem"]] = 1
		problem[++M] = $column["problem"]
	}
	there[where] = 1
	reward[where] = $column["reward"]
	otb[where] = 100 * $column["otb"]
	otb_se[where] = 100 * $column["otb_se"]
	opr[where] = 100 * $column["opr"]
	if ($column["n"] > runs)
		runs = $column["n"]
}
function cell(m, p, t) {
	return problem[m] SUBSEP policy[p] SUBSEP step[t]
}
# A number, or a dash where it was not measured.
function shown(where, format, values) {
	if (!(where in there) || values[where] ~ /nan/)
		return "-"
	return sprintf(format, values[where])
}
function earned(where,    error) {
	error = shown(where, "%.2f", otb_se)
	return shown(where, "%+.1f", otb) \
	    (error == "-" || error + 0 == 0 ? "" : " ± " error)
}
# Without its folder and what it is written in.
function short_name(text) {
	sub(/^.*\//, "", text)
	sub(/\.(brp|jsonl|json|csv|msgpack)/, "", text)
	return text
}
function head(first, group,    t) {
	for (t = 1; t <= T; t++)
		first = first " | " group " " step[t]
	return first
}
function rule(n,    text) {
	for (text = "|---|"; n > 0; n--)
		text = text "--:|"
	return text
}
function full(m,    p, t, line) {
	line = head("| " short_name(problem[m]), "OtB")
	line = head(line, "OPR")
	print head(line, "reward") " |"
	print rule(3 * T)
	for (p = 1; p <= P; p++) {
		line = "| " policy[p]
		for (t = 1; t <= T; t++)
			line = line " | " earned(cell(m, p, t))
		for (t = 1; t <= T; t++)
			line = line " | " shown(cell(m, p, t), "%.0f %%", opr)
		for (t = 1; t <= T; t++)
			line = line " | " shown(cell(m, p, t), "%.3f", reward)
		print line " |"
	}
	print ""
}
# One line for each policy and one column for each problem, at the step t.
function one(t, values, format,    m, p, line) {
	line = "| after " step[t] " prompts"
	for (m = 1; m <= M; m++)
		line = line " | " short_name(problem[m])
	print line " |"
	print rule(M)
	for (p = 1; p <= P; p++) {
		line = "| " policy[p]
		for (m = 1; m <= M; m++)
			line = line " | " (format == "" ? \
			    earned(cell(m, p, t)) : \
			    shown(cell(m, p, t), format, values))
		print line " |"
	}
	print ""
}
END {
	if (M == 0) {
		print "evidence.awk: no row" > "/dev/stderr"
		exit 65
	}
	if (table == "full")
		for (m = 1; m <= M; m++)
			full(m)
	else if (table == "short")
		for (t = 1; t <= T; t++)
			one(t, otb, "")
	else
		one(T, opr, "%.1f %%")
}
