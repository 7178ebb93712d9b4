// SPDX-License-Identifier: GPL-3.0-or-later
import { createConnection } from "node:net";
import { decodeMultiStream } from "@msgpack/msgpack";
import { BanditdError, ofSystem } from "./errors.js";

// Bytes that may wait for a daemon that does not read.
const MAX_UNSENT = 16 * 1024 * 1024;

function protocolError(sentence) {
  return new BanditdError("protocol", sentence);
}

/**
 * One connection, with as many requests under way as are wanted.  It ends once, for
 * whatever reason, and fails what is under way then.
 */
export class Connection {
  #socket;
  #path;
  #waiting = new Map(); // id: { resolve, reject }
  #received = 0; // bytes since the last whole answer
  #lastId = 0;
  #served = false; // something was answered
  ended = false;

  constructor(path, maxAnswer) {
    this.#path = path;
    this.#socket = createConnection(path);
    this.#socket.unref(); // an idle connection keeps no program alive
    this.#socket.on("error", () => {}); // the reader has it as well
    this.#read(maxAnswer).then(
      () => this.#end(ofSystem(null, path)),
      (error) => this.#end(this.#inOurWords(error)));
  }

  #inOurWords(error) {
    if (error instanceof BanditdError) return error;
    if (error?.syscall || error?.code === "ECONNRESET") return ofSystem(error, this.#path);
    return protocolError(`what was answered is not MessagePack: ${error.message}`);
  }

  async* #counted(max) {
    for await (const bytes of this.#socket) {
      this.#received += bytes.length;
      if (this.#received > max) {
        throw protocolError(`an answer is longer than ${max} bytes`);
      }
      yield bytes;
    }
  }

  async #read(max) {
    const limits = { maxStrLength: max, maxBinLength: max, maxArrayLength: max,
      maxMapLength: max, maxExtLength: max };
    for await (const answer of decodeMultiStream(this.#counted(max), limits)) {
      this.#received = 0;
      this.#take(answer);
    }
  }

  #take(answer) {
    const [type, id, error, result] = Array.isArray(answer) ? answer : [];
    if (type !== 1 || !Number.isInteger(id) || id < 1 || id > this.#lastId) {
      throw protocolError("what was answered is not the answer to a request of ours");
    }
    this.#served = true;
    const waiting = this.#waiting.get(id);
    if (!waiting) return; // late: nobody waits for it any more
    this.forget(id);
    if (typeof error === "string") {
      waiting.reject(BanditdError.of(error));
    } else if (error !== null || result === null || result === undefined) {
      waiting.reject(protocolError("an answer has neither result nor error"));
    } else {
      waiting.resolve(result);
    }
  }

  #end(error) {
    if (this.ended) return;
    this.ended = true;
    this.#socket.destroy();
    // Nothing came of a connection that was good before: it may be worth another.
    error.stale = this.#served && error.code === "unavailable";
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }

  /** Sends encode(id); the result is promised.  Returns id, to forget it by. */
  send(encode, resolve, reject) {
    if (this.#socket.writableLength > MAX_UNSENT) {
      throw new BanditdError("unavailable", "banditd does not read what is sent");
    }
    const id = this.#lastId + 1;
    const bytes = encode(id); // may throw, and then nothing has changed
    this.#lastId = id;
    this.#waiting.set(id, { resolve, reject });
    this.#socket.ref();
    this.#socket.write(bytes);
    return id;
  }

  /** Nobody waits for this answer any more. */
  forget(id) {
    this.#waiting.delete(id);
    if (this.#waiting.size === 0) this.#socket.unref();
  }

  close() {
    this.#end(new BanditdError("unavailable", "the client was closed"));
  }
}
