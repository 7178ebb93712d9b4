// SPDX-License-Identifier: GPL-3.0-or-later

/** The version of banditd-protocol(7) that this client speaks. */
export const PROTOCOL: 1;

/**
 * A failure, with its code: one of banditd-protocol(7), which the daemon answered, or
 * - `unavailable`: nobody listens, or the connection was closed;
 * - `denied`: also no permission to connect; the message names the group to join;
 * - `timeout`: no answer in time;
 * - `protocol`: what was answered is not MessagePack-RPC, or of another version;
 * - `resting`: of route() alone: it failed a moment ago, and was not asked.
 */
export class BanditdError extends Error {
  readonly code: string;
}

/** The prompt: a Float32Array is the shortest on the wire. */
export type Context =
  | { x: Float32Array | readonly number[]; text?: undefined }
  | { text: string; x?: undefined };

/** Parameters of decide, as banditd-protocol(7) has them. */
export type DecideParams = Context & {
  router?: string;
  arms?: readonly string[];
  exclude?: readonly string[];
  max_cost?: number;
  k?: number;
  prefer_arm?: string;
  switch_cost?: number;
  explain?: boolean;
  decision?: string;
};

export interface Decision {
  decision: string;
  arm: string;
  /** The probability with which this arm was chosen. */
  propensity: number;
  slate?: string[];
  propensities?: number[];
  scores?: Score[];
  note?: string;
}

export interface Score {
  arm: string;
  mean: number;
  sigma: number;
  score: number;
  cost: number;
  eligible: boolean;
  reason?: string;
  probability: number;
}

/** applied is false where it was known already; seq is the record's number in the log. */
export interface Applied {
  applied: boolean;
  seq: number;
}

export interface CallOptions {
  /** Milliseconds in all: connecting, asking, the whole answer. */
  timeout?: number;
  /** Nobody waits any more; what was sent is done all the same. */
  signal?: AbortSignal;
}

export interface ClientOptions {
  /** Path of the daemon's socket; $BANDITD_SOCKET, or where banditd(8) has it. */
  socket?: string;
  /** In place of the router "default". */
  router?: string;
  /** Milliseconds that a decision may take, 50. */
  timeout?: number;
  /** Milliseconds that anything else may take, as a reward waits for the disk, 5000. */
  patience?: number;
  /** Milliseconds for which route() does not ask a daemon that failed, 1000. */
  rest?: number;
  /** Bytes of an answer, 1 MiB. */
  maxAnswer?: number;
}

export interface Route {
  /** The chosen arm, or the default. */
  arm: string;
  /** Its id, to report the reward by; null where the default was taken. */
  decision: string | null;
  /** Why the default was taken. */
  error: Error | null;
}

/**
 * A client of one daemon.  It connects when it is first used, again when the connection
 * is lost, and takes any number of calls at once.  Its connection keeps no program
 * alive unless an answer is waited for.
 */
export class Client {
  constructor(options?: ClientOptions);

  /**
   * What a gateway calls: as decide, but it never fails and waits for `timeout` at most:
   * where banditd is away, slow or refuses it is the default.  It rejects with the
   * signal's reason where that was aborted.
   */
  route(params: DecideParams & { default: string }, options?: CallOptions): Promise<Route>;

  /** Which arm should answer. */
  decide(params: DecideParams, options?: CallOptions): Promise<Decision>;

  /** Reports the reward of a decision; resolved when it is on disk. */
  feedback(
    params: {
      decision: string;
      reward: number;
      arm?: string;
      cost?: number;
      durability?: "disk" | "memory";
    },
    options?: CallOptions,
  ): Promise<Applied>;

  /** Reports a reward without a decision. */
  observe(
    params: Context & {
      router?: string;
      arm: string;
      reward: number;
      cost?: number;
      key?: string;
      durability?: "disk" | "memory";
    },
    options?: CallOptions,
  ): Promise<Applied>;

  /** What is expected of each arm. */
  score(
    params: Context & { router?: string; arms?: readonly string[] },
    options?: CallOptions,
  ): Promise<{ scores: Score[] }>;

  /** Any method of banditd-protocol(7). */
  call(method: string, params?: object, options?: CallOptions): Promise<any>;

  /** Whether the daemon is there and speaks our protocol. */
  check(options?: CallOptions): Promise<{ version: string; protocol: number; uptime: number }>;

  /** Ends the connection and what is under way; a later call opens another. */
  close(): void;
}
