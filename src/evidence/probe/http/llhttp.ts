import code from 'undici/lib/llhttp/llhttp-wasm.js'

/** What a parser calls while it reads. Positions are in the buffer that it was given. */
export type ParserEvents = {
  headerName(from: number, to: number): void
  headerValue(from: number, to: number): void
  /** Returns whether the reply has no body, whatever its headers say. */
  headersComplete(status: number): boolean
  body(from: number, to: number): void
  /**
   * Returns whether another reply follows, as after an informational one.
   * @param keepsOpen whether the server keeps the connection open behind it
   */
  messageComplete(keepsOpen: boolean): boolean
}

/** Reads the replies of one connection after another. */
export type Parser = {
  /** Forgets what it has read. */
  reset(): void
  /** Reads the first so many bytes, up to the end of the reply. Returns why they are not HTTP/1.1, else undefined. */
  read(buffer: Buffer, bytes: number): string | undefined
  /** How many of the bytes that were last read belong to the reply that ends among them. */
  consumed(): number
  /** The stream has ended. Returns why a reply cannot end there, else undefined. */
  finish(): string | undefined
}

/** The functions of the module that are used here. */
type Exports = {
  memory: WebAssembly.Memory
  malloc: (bytes: number) => number
  llhttp_alloc: (type: number) => number
  llhttp_reset: (parser: number) => void
  llhttp_execute: (parser: number, data: number, bytes: number) => number
  llhttp_finish: (parser: number) => number
  llhttp_get_error_reason: (parser: number) => number
  llhttp_get_error_pos: (parser: number) => number
  llhttp_should_keep_alive: (parser: number) => number
}

const RESPONSES = 2
const OK = 0
const PAUSED = 21
const PAUSED_UPGRADE = 22
/** So much of what arrives is copied into the module's memory at once. */
const CHUNK_BYTES = 16 * 1024
const LONGEST_REASON = 200

let loaded: ReturnType<typeof load> | undefined

/**
 * A parser of replies: llhttp, which Node uses too, as WebAssembly from undici. A request of node:http makes streams,
 * messages and an agent's socket, which takes as long as all the rest of a connection.
 */
export function startParser(events: ParserEvents): Parser {
  loaded ??= load()
  const { exports, chunk, setBytes, work } = loaded
  const parser = exports.llhttp_alloc(RESPONSES)
  let consumed = 0

  function whyNot(result: number): string | undefined {
    if (result === OK || result === PAUSED || result === PAUSED_UPGRADE) return undefined
    return textAt(exports, exports.llhttp_get_error_reason(parser))
  }

  return {
    reset: () => exports.llhttp_reset(parser),
    read(buffer, bytes) {
      let result = OK
      for (let from = 0; from < bytes && result === OK; from += CHUNK_BYTES) {
        const to = Math.min(bytes, from + CHUNK_BYTES)
        setBytes(to === buffer.length && from === 0 ? buffer : buffer.subarray(from, to))
        work(events, chunk - from)
        result = exports.llhttp_execute(parser, chunk, to - from)
        consumed = result === PAUSED ? from + exports.llhttp_get_error_pos(parser) - chunk : to
      }
      return whyNot(result)
    },
    consumed: () => consumed,
    finish() {
      work(events, chunk)
      return whyNot(exports.llhttp_finish(parser))
    },
  }
}

/** Compiles the module, which takes some milliseconds. One parser works at a time: reading is not interrupted. */
function load() {
  let working: ParserEvents | undefined
  /** Where in the module's memory the buffer would begin. */
  let begin = 0
  const instance = new WebAssembly.Instance(new WebAssembly.Module(code), {
    env: {
      wasm_on_url: () => OK,
      wasm_on_status: () => OK,
      wasm_on_message_begin: () => OK,
      wasm_on_header_field(_: number, at: number, bytes: number) {
        working?.headerName(at - begin, at - begin + bytes)
        return OK
      },
      wasm_on_header_value(_: number, at: number, bytes: number) {
        working?.headerValue(at - begin, at - begin + bytes)
        return OK
      },
      wasm_on_headers_complete: (_: number, status: number) =>
        working?.headersComplete(status) ? 1 : 0,
      wasm_on_body(_: number, at: number, bytes: number) {
        working?.body(at - begin, at - begin + bytes)
        return OK
      },
      wasm_on_message_complete: (parser: number) =>
        working?.messageComplete(keepsOpen(parser)) ? OK : PAUSED,
    },
  })
  // WebAssembly has no types.
  const exports = instance.exports as Exports
  const keepsOpen = (parser: number) => exports.llhttp_should_keep_alive(parser) === 1
  const chunk = exports.malloc(CHUNK_BYTES)
  let memory = new Uint8Array(exports.memory.buffer)
  return {
    exports,
    chunk,
    setBytes(bytes: Uint8Array) {
      // Memory that has grown has another buffer.
      if (memory.buffer !== exports.memory.buffer) memory = new Uint8Array(exports.memory.buffer)
      memory.set(bytes, chunk)
    },
    work(events: ParserEvents, from: number) {
      working = events
      begin = from
    },
  }
}

/** A text that ends with a zero byte. */
function textAt({ memory }: Exports, at: number): string {
  const bytes = Buffer.from(memory.buffer, at, LONGEST_REASON)
  return bytes.toString('latin1', 0, Math.max(0, bytes.indexOf(0)))
}
