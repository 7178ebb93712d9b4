# The units, and what they need: a user, a directory, a configuration.  The
# latter is an example here; a package puts it in its place.
EXTRA_DIST += debian service/banditd.service.in
examplesdir = $(docdir)/examples
dist_examples_DATA = service/banditd.conf

noinst_DATA = service/banditd.service
CLEANFILES += service/banditd.service
service/banditd.service: service/banditd.service.in Makefile
	$(AM_V_GEN)$(MKDIR_P) service && \
	sed -e 's|@sbindir[@]|$(sbindir)|' -e 's|@bindir[@]|$(bindir)|' \
		-e 's|@sysconfdir[@]|$(sysconfdir)|' \
		'$(srcdir)/service/banditd.service.in' >$@.new && mv $@.new $@

SOCKET_UNIT = service/banditd.socket
SYSUSERS = service/sysusers.d/banditd.conf
TMPFILES = service/tmpfiles.d/banditd.conf
EXTRA_DIST += $(SOCKET_UNIT) $(SYSUSERS) $(TMPFILES)
if SYSTEMD
sysusersdir = $(prefix)/lib/sysusers.d
tmpfilesdir = $(prefix)/lib/tmpfiles.d
systemdsystemunit_DATA = service/banditd.service $(SOCKET_UNIT)
sysusers_DATA = $(SYSUSERS)
tmpfiles_DATA = $(TMPFILES)
endif
