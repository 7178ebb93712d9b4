// SPDX-License-Identifier: GPL-3.0-or-later
import { readFileSync, statSync } from "node:fs";
import { dirname } from "node:path";

/** A failure: its code for programs, and a sentence for people. */
export class BanditdError extends Error {
  constructor(code, sentence, options) {
    super(`${code}: ${sentence}`, options);
    this.name = "BanditdError";
    this.code = code;
  }

  /** Of the daemon's one string, "code: sentence". */
  static of(text) {
    const [, code, sentence] = /^(\w+): (.*)$/s.exec(text) ?? [null, "internal", text];
    return new BanditdError(code, sentence);
  }
}

// The group of the socket, or of the nearest folder that we may look at; not root's,
// which nobody should be told to join.
function groupOf(path) {
  for (let at = path; ; at = dirname(at)) {
    try {
      const { gid } = statSync(at);
      if (gid === 0) return null;
      const lines = readFileSync("/etc/group", "utf8").split("\n");
      return lines.map((line) => line.split(":")).find((f) => f[2] === String(gid))?.[0]
        ?? `of number ${gid}`;
    } catch {
      if (at === dirname(at)) return null;
    }
  }
}

/** What connecting to the path, or the connection, ended with. */
export function ofSystem(error, path) {
  const cause = { cause: error };
  switch (error?.code) {
    case "EACCES":
    case "EPERM": {
      const group = groupOf(path);
      const hint = group ? `; join the group ${group}` : "";
      return new BanditdError("denied", `no permission to connect to ${path}${hint}`, cause);
    }
    case "ENOENT":
    case "ECONNREFUSED":
    case "ENOTDIR":
      return new BanditdError("unavailable", `no banditd listens at ${path}`, cause);
    default:
      return new BanditdError("unavailable",
        error ? `${path}: ${error.message}` : `banditd at ${path} closed the connection`,
        cause);
  }
}
