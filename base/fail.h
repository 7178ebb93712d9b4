/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fail.h: named places where a test lets the next step fail.
 *
 * In the daemon fail_point() is always 0.  A test program links another one
 * before this library (tests/faults/fail_point.c), which can end the process
 * there, or return an error number, in errno as well: then the place fails as
 * if its next step had.  Where a name says that something is done, there is
 * no step left that could fail, or it fails as if that had.
 */
#ifndef BASE_FAIL_H
#define BASE_FAIL_H

/* All of them; the test wants each to be passed. */
/* clang-format off */
#define FAIL_POINTS \
	"mem.alloc", \
	"store.create", "store.found", "store.rename", "store.renamed", \
	"store.lock", "store.open", "store.schema", "store.start", \
	"store.started", "store.grow", "store.reopen", \
	"ballast.make", "ballast.spend", \
	"writer.begin", "writer.commit", "writer.committed", \
	"op.decision", "op.reward", "op.click", "op.prefer", "op.observe", \
	"op.import", "op.event", "op.expire", "op.explain", "op.cell", \
	"op.note", "op.drop", "op.compact", "op.sync", \
	"put.head", "put.birth", "put.log", "put.rebuild", "put.decision", \
	"put.own_id", "put.key", "put.cell", "delete.cell", \
	"drop.record", \
	"round.begin", "round.router", "round.end", \
	"backup.create", "backup.copy", "backup.sync", "backup.verify", \
	"backup.rename", "backup.renamed", \
	"compact.copy", "compact.sync", "compact.rename", "compact.lock", \
	"compact.renamed", \
	"rebuild.record", "rebuild.event", "rebuild.switch", "rebuild.done", \
	"recover.cells", "recover.record", "recover.decision", \
	"recover.end", \
	"reload.read", "reload.apply", "reload.applied", "reload.end"
/* clang-format on */

/* 0, or an error number of errno(3) or LMDB. */
int fail_point(const char *name);

#endif
