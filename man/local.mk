dist_man_MANS += man/banditd.8 man/banditd-protocol.7
dist_man_MANS += man/banditctl.1 man/banditd.3 man/banditd_event.3
dist_man_MANS += man/banditd.conf.5
dist_man_MANS += man/bandit-eval.1
