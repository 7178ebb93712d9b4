# Prints a page with the file -v block between its marks in place of what is
# there.  A page without both marks is an error.
BEGIN {
	first = "<!-- evidence -->"
	last = "<!-- /evidence -->"
}
$0 == last {
	inside = 0
	ended++
}
!inside
$0 == first {
	inside = 1
	began++
	while ((getline line < block) > 0)
		print line
}
END {
	if (began != 1 || ended != 1) {
		print "insert.awk: " FILENAME ": no marks" > "/dev/stderr"
		exit 65
	}
}
