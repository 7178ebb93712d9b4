EXTRA_DIST += script/bench script/bench.awk script/bench-plot.awk \
	script/bench.gp script/build script/demo script/demo.awk \
	script/demo.gp script/evidence script/evidence.awk \
	script/howto script/overhead \
	script/insert.awk script/pictures script/setup script/test .ci/run COPYING doc
