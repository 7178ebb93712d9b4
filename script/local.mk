EXTRA_DIST += script/build script/demo script/demo.awk \
	script/demo.gp script/setup \
	script/test .ci/run COPYING doc
