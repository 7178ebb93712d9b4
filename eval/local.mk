noinst_LTLIBRARIES += eval/libeval.la
eval_libeval_la_SOURCES = \
	eval/brp.c eval/brp_file.c eval/brp.h eval/bytes.h \
	eval/order.c eval/order.h
eval_libeval_la_LIBADD = $(GSL_LIBS)

# The demo's gateway: a set of prompts replayed through the socket.
noinst_PROGRAMS += eval/demo-gateway
eval_demo_gateway_SOURCES = eval/gateway.c
eval_demo_gateway_LDADD = eval/libeval.la $(FEATURES) client/libbanditd.la

EXTRA_DIST += data/README.md data/llmrouter_dev.brp data/paperhe_dev.brp \
	data/pareto_val.brp
