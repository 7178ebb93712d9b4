// SPDX-License-Identifier: GPL-3.0-or-later
import { encode } from "@msgpack/msgpack";
import { Connection } from "./connection.js";
import { BanditdError } from "./errors.js";

export { BanditdError };

/** The version of banditd-protocol(7) that this client speaks. */
export const PROTOCOL = 1;

// What a lost connection may have done already, and does not do twice.
const REPEATABLE = new Set(["arms", "click", "decide", "explain", "feedback", "methods",
  "metrics", "ping", "prefer", "routers", "score", "state_hash", "status"]);
// After these route() leaves the daemon alone for a while.
const LEAVES_ALONE = new Set(["denied", "protocol", "timeout", "unavailable"]);
const NAME = /^[A-Za-z0-9._:/-]{1,64}$/;

function defaultSocket() {
  const { BANDITD_SOCKET, XDG_RUNTIME_DIR } = process.env;
  if (BANDITD_SOCKET) return BANDITD_SOCKET;
  if (process.getuid?.() === 0 || !XDG_RUNTIME_DIR) return "/run/banditd/banditd.sock";
  return `${XDG_RUNTIME_DIR}/banditd/banditd.sock`;
}

function encoder(method, params) {
  const all = Object.keys(params).length > 0 ? [params] : [];
  return (id) => encode([0, id, method, all], { ignoreUndefined: true });
}

export class Client {
  #connection = null;
  #restUntil = 0;

  constructor({ socket = defaultSocket(), router, timeout = 50, patience = 5000,
    rest = 1000, maxAnswer = 1024 * 1024 } = {}) {
    Object.assign(this, { socket, router, timeout, patience, rest, maxAnswer });
  }

  #open() {
    if (!this.#connection || this.#connection.ended) {
      this.#connection = new Connection(this.socket, this.maxAnswer);
    }
    return this.#connection;
  }

  async call(method, params = {}, { timeout = this.patience, signal } = {}) {
    const bytes = encoder(method, params);
    const deadline = performance.now() + timeout;
    try {
      return await this.#once(bytes, deadline, signal);
    } catch (error) {
      if (!error?.stale || !REPEATABLE.has(method)) throw error;
      return this.#once(bytes, deadline, signal);
    }
  }

  #once(bytes, deadline, signal) {
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const connection = this.#open();
      let timer;
      const settle = (how) => (value) => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", abort);
        how(value);
      };
      const id = connection.send(bytes, settle(resolve), settle(reject));
      const give = (error) => {
        connection.forget(id);
        settle(reject)(error);
      };
      const abort = () => give(signal.reason);
      signal?.addEventListener("abort", abort);
      timer = setTimeout(() => give(new BanditdError("timeout",
        `banditd at ${this.socket} did not answer in time`)),
      Math.max(deadline - performance.now(), 0));
    });
  }

  #ofRouter(params) {
    return { router: this.router, ...params };
  }

  async decide(params, { timeout = this.timeout, signal } = {}) {
    const result = await this.call("decide", this.#ofRouter(params), { timeout, signal });
    if (!NAME.test(result.arm) || !NAME.test(result.decision)
      || typeof result.arm !== "string" || typeof result.decision !== "string") {
      throw new BanditdError("protocol", "a decision without its arm or id");
    }
    if (params.arms && !params.arms.includes(result.arm)) {
      throw new BanditdError("protocol", "a decision for an arm that was not asked for");
    }
    return result;
  }

  feedback(params, options) {
    return this.call("feedback", params, options);
  }

  observe(params, options) {
    return this.call("observe", this.#ofRouter(params), options);
  }

  score(params, options) {
    return this.call("score", this.#ofRouter(params), options);
  }

  async check(options = { timeout: this.timeout }) {
    const result = await this.call("ping", {}, options);
    if (result.protocol !== PROTOCOL) {
      throw new BanditdError("protocol",
        `banditd speaks protocol ${result.protocol}, this client ${PROTOCOL}`);
    }
    return result;
  }

  async route({ default: fallback, ...params }, options = {}) {
    const now = performance.now();
    if (now < this.#restUntil) {
      const error = new BanditdError("resting", "banditd failed a moment ago");
      return { arm: fallback, decision: null, error };
    }
    if (this.#restUntil > 0) this.#restUntil = now + this.rest; // one tries
    try {
      const { arm, decision } = await this.decide(params, options);
      this.#restUntil = 0;
      return { arm, decision, error: null };
    } catch (error) {
      options.signal?.throwIfAborted();
      const away = LEAVES_ALONE.has(error?.code);
      this.#restUntil = away ? performance.now() + this.rest : 0;
      return { arm: fallback, decision: null, error };
    }
  }

  close() {
    this.#connection?.close();
  }
}
